import type { Twilio } from 'twilio';
import { z } from 'zod';
import type { Account, Subaccount } from '../../../src-preload/contract/account.ts';

/** What Twilio told of an account; what follows from it is worked out when it is shown. */
export type SeenAccount = Omit<Account, 'concurrency' | 'meanings'>;

/** Values that Twilio may add one day count as the harmless one: an account is not refused for a word. */
const accountResource = z.object({
  sid: z.string().catch(''),
  friendlyName: z.string().nullish().catch(null),
  type: z.enum(['Trial', 'Full']).catch('Full'),
  status: z.enum(['active', 'suspended', 'closed']).catch('active'),
  ownerAccountSid: z.string().nullish().catch(null),
});

/** Twilio writes the amount as text; null or nothing is not the same as an empty account. */
const balanceResource = z.object({
  balance: z.union([z.string().trim().min(1), z.number()]).pipe(z.coerce.number()),
  currency: z.string().catch('USD'),
});

/** The account over its own credentials, with its balance. @throws TwilioRequestError. */
export async function readAccount(client: Twilio, accountSid: string, now: number): Promise<SeenAccount> {
  const resource = accountResource.parse(await client.api.v2010.accounts(accountSid).fetch());
  const { friendlyName, type, status, ownerAccountSid } = resource;
  const parentSid = ownerAccountSid && ownerAccountSid !== accountSid ? ownerAccountSid : null;
  return {
    accountSid,
    name: friendlyName || accountSid,
    type,
    status,
    parentSid,
    // Twilio, Balance resource: subaccounts have none of their own.
    balance: parentSid === null ? await readBalance(client, accountSid) : null,
    checkedAt: now,
  };
}

/** Null when Twilio does not tell: an account is not refused for its balance. */
async function readBalance(client: Twilio, accountSid: string): Promise<Account['balance']> {
  try {
    const read = balanceResource.parse(await client.api.v2010.accounts(accountSid).balance.fetch());
    return { amount: read.balance, currency: read.currency };
  } catch {
    return null;
  }
}

/** @throws TwilioRequestError. */
export async function readSubaccounts(client: Twilio, accountSid: string): Promise<Subaccount[]> {
  const all = await client.api.v2010.accounts.list();
  return all
    .map((each) => accountResource.parse(each))
    .filter(({ sid }) => sid !== '' && sid !== accountSid)
    .map(({ sid, friendlyName, status }) => ({ accountSid: sid, name: friendlyName || sid, status }));
}

/** A subaccount's own token, which Twilio shows to its main account, and how it stands. @throws TwilioRequestError. */
export async function readSubaccount(
  client: Twilio,
  accountSid: string,
): Promise<{ authToken: string | undefined; status: Subaccount['status'] }> {
  const resource = await client.api.v2010.accounts(accountSid).fetch();
  return { authToken: resource.authToken || undefined, status: accountResource.parse(resource).status };
}
