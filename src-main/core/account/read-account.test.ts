import type { Twilio } from 'twilio';
import { expect, it } from 'vitest';
import { readAccount } from './read-account.ts';

/** The twilio package as far as it is asked for an account and its balance. */
function clientOf(account: object, balance: unknown): Twilio {
  const accounts = () => ({
    fetch: () => Promise.resolve(account),
    balance: { fetch: () => Promise.resolve(balance) },
  });
  return { api: { v2010: { accounts } } } as unknown as Twilio;
}

const resource = {
  sid: 'AC1',
  friendlyName: 'Harbour',
  type: 'Full',
  status: 'active',
  ownerAccountSid: 'AC1',
};

it.each([
  ['as Twilio writes it', { balance: '12.5', currency: 'EUR' }, { amount: 12.5, currency: 'EUR' }],
  ['used up', { balance: '0', currency: 'USD' }, { amount: 0, currency: 'USD' }],
  ['overdrawn', { balance: '-3.2', currency: null }, { amount: -3.2, currency: 'USD' }],
  ['not told', { balance: null, currency: null }, null],
  ['empty', { balance: ' ' }, null],
  ['no number', { balance: 'plenty', currency: 'USD' }, null],
  ['nothing', {}, null],
])('reads a balance that is %s', async (_what, balance, read) => {
  expect((await readAccount(clientOf(resource, balance), 'AC1', 1)).balance).toEqual(read);
});

it('takes words that Twilio adds for the harmless ones, and no name for the SID', async () => {
  const strange = {
    ...resource,
    type: 'Enterprise',
    status: 'resting',
    friendlyName: null,
    ownerAccountSid: null,
  };
  expect(await readAccount(clientOf(strange, {}), 'AC1', 7)).toEqual({
    accountSid: 'AC1',
    name: 'AC1',
    type: 'Full',
    status: 'active',
    parentSid: null,
    balance: null,
    checkedAt: 7,
  });
});
