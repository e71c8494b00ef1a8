import { rfc2822 } from './dates.ts';
import { pageOf2010 } from './pages.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { notFound, type Route } from './route.ts';

const subdomain = 'api';

/** The account itself, its subaccounts, its balance. */
export const accountRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts.json',
    handle(request) {
      const { caller, query } = request;
      const name = query.get('FriendlyName');
      const status = query.get('Status');
      const found = [caller, ...caller.subaccounts].filter(
        (account) =>
          (name === null || account.friendlyName === name) && (status === null || account.status === status),
      );
      return pageOf2010(request, 'accounts', found.map(accountBody));
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{Sid}.json',
    handle({ caller, pathParams, path }) {
      const found = [caller, ...caller.subaccounts].find(({ sid }) => sid === pathParams.Sid);
      return found === undefined ? notFound(path) : { status: 200, body: accountBody(found) };
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/Balance.json',
    handle({ account, path }) {
      const { balance } = account;
      // A subaccount spends its main account's money and has no balance of its own.
      if (balance === null) return notFound(path);
      return {
        status: 200,
        body: { account_sid: account.sid, balance: String(balance.amount), currency: balance.currency },
      };
    },
  },
];

function accountBody(account: RehearsalAccount): object {
  const date = rfc2822(account.createdAt);
  const path = `/2010-04-01/Accounts/${account.sid}`;
  return {
    sid: account.sid,
    friendly_name: account.friendlyName,
    type: account.type,
    status: account.status,
    auth_token: account.authToken,
    owner_account_sid: account.parent?.sid ?? account.sid,
    date_created: date,
    date_updated: date,
    subresource_uris: {
      balance: `${path}/Balance.json`,
      calls: `${path}/Calls.json`,
      incoming_phone_numbers: `${path}/IncomingPhoneNumbers.json`,
      messages: `${path}/Messages.json`,
      outgoing_caller_ids: `${path}/OutgoingCallerIds.json`,
    },
    uri: `${path}.json`,
  };
}
