import { rfc2822 } from './dates.ts';
import { pageOf2010 } from './pages.ts';
import type { RehearsalAccount, VerifiedCallerId } from './rehearsal-account-state.ts';
import { notFound, type Route } from './route.ts';

const subdomain = 'api';

/** Caller IDs that the operator has proven to be theirs. */
export const callerIdRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/OutgoingCallerIds.json',
    handle(request) {
      const { account, query } = request;
      const number = query.get('PhoneNumber');
      const name = query.get('FriendlyName');
      const found = account.verifiedCallerIds.filter(
        ({ phoneNumber, friendlyName }) =>
          (number === null || phoneNumber === number) && (name === null || friendlyName === name),
      );
      return pageOf2010(
        request,
        'outgoing_caller_ids',
        found.map((callerId) => callerIdBody(account, callerId)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/OutgoingCallerIds/{Sid}.json',
    handle({ account, pathParams, path }) {
      const found = account.verifiedCallerIds.find(({ sid }) => sid === pathParams.Sid);
      return found === undefined ? notFound(path) : { status: 200, body: callerIdBody(account, found) };
    },
  },
];

function callerIdBody(
  account: RehearsalAccount,
  { sid, phoneNumber, friendlyName }: VerifiedCallerId,
): object {
  const date = rfc2822(account.createdAt);
  return {
    sid,
    account_sid: account.sid,
    friendly_name: friendlyName,
    phone_number: phoneNumber,
    date_created: date,
    date_updated: date,
    uri: `/2010-04-01/Accounts/${account.sid}/OutgoingCallerIds/${sid}.json`,
  };
}
