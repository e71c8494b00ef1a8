import { describe, expect, it } from 'vitest';
import { type RehearsedTwilio, rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';
import { RehearsalAccount } from './rehearsal-account-state.ts';
import { askedRest } from './test-support/ask-rest.ts';
import { openApiCheck } from './test-support/openapi-check.ts';

const subaccountSetup = { numbers: ['+14165550200'] };
const numbersOf = ({ sid }: { sid: string }): string =>
  `api/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`;

describe('credentials at the rehearsed Twilio', () => {
  it('are taken from the account and its subaccounts, each for what is theirs', async () => {
    const account = new RehearsalAccount({ numbers: ['+14165550100'], subaccounts: [subaccountSetup] });
    const [sub = account] = account.subaccounts;
    await using rest = await askedRest(account);
    const asSub = { sid: sub.sid, token: sub.authToken };
    const numbersIn = ({ json }: { json: Record<string, unknown> }): unknown =>
      (json.incoming_phone_numbers as { phone_number: string }[]).map(({ phone_number }) => phone_number);

    expect(numbersIn(await rest.ask(numbersOf(account)))).toEqual(['+14165550100']);
    expect(numbersIn(await rest.ask(numbersOf(sub)))).toEqual(['+14165550200']);
    expect(numbersIn(await rest.ask(numbersOf(sub), asSub))).toEqual(['+14165550200']);
    expect((await rest.ask(numbersOf(account), asSub)).status).toBe(404);
    expect((await rest.ask(numbersOf({ sid: `AC${'0'.repeat(32)}` }))).status).toBe(404);
  });

  it('are refused with the words that Twilio has for each case', async () => {
    const account = new RehearsalAccount({ subaccounts: [{ status: 'suspended' }, { status: 'closed' }] });
    const [suspended = account, closed = account] = account.subaccounts;
    await using rest = await askedRest(account);
    const refusal = async (options: { sid?: string; token?: string }): Promise<unknown[]> => {
      const { status, json } = await rest.ask(numbersOf(account), options);
      return [status, json.code, json.status];
    };

    expect(await refusal({ token: 'wrong' })).toEqual([401, 20003, 401]);
    expect(await refusal({ token: '' })).toEqual([401, 20003, 401]);
    expect(await refusal({ sid: 'AC1' })).toEqual([401, 20003, 401]);
    const { sid, authToken: token } = account.testCredentials;
    expect(await refusal({ sid, token })).toEqual([403, 20008, 403]);
    expect(await refusal({ sid: suspended.sid, token: suspended.authToken })).toEqual([403, 20005, 403]);
    expect(await refusal({ sid: closed.sid, token: closed.authToken })).toEqual([401, 20003, 401]);
  });

  it('change when the operator rotates the token', async () => {
    const account = new RehearsalAccount();
    await using rest = await askedRest(account);
    const before = account.authToken;
    const second = account.createSecondaryToken();
    const statuses = async () => [
      (await rest.ask(numbersOf(account), { token: before })).status,
      (await rest.ask(numbersOf(account), { token: second })).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    expect(account.rotateToken()).toBe(second);
    expect(await statuses()).toEqual([401, 200]);
  });
});

describe('requests to the rehearsed Twilio', () => {
  it('are kept, with what they asked', async () => {
    const account = new RehearsalAccount();
    await using rest = await askedRest(account);
    await rest.ask('voice/v1/DialingPermissions/Countries?IsoCode=CA&PageSize=5');
    await rest.ask(`api/2010-04-01/Accounts/${account.sid}/Messages.json`, {
      form: { To: '+1', Body: 'a b' },
    });
    expect(account.requests).toEqual([
      {
        method: 'GET',
        subdomain: 'voice',
        path: '/v1/DialingPermissions/Countries',
        params: { IsoCode: 'CA', PageSize: '5' },
      },
      {
        method: 'POST',
        subdomain: 'api',
        path: `/2010-04-01/Accounts/${account.sid}/Messages.json`,
        params: { To: '+1', Body: 'a b' },
      },
    ]);
  });

  it.each([
    'api/2010-04-01/Accounts/AC1/Faxes.json',
    'api/2010-04-01/Accounts.json/',
    'fax/v1/Faxes',
    'voice/v1/DialingPermissions/Countries/%E0%A4%A',
    'nobody-1234.twil.io/answer',
  ])('are not found: %s', async (path) => {
    await using rest = await askedRest(new RehearsalAccount());
    const { status, json } = await rest.ask(path);
    expect([status, json.code]).toEqual([404, 20404]);
  });

  it('fail as they are made to', async () => {
    const account = new RehearsalAccount();
    await using rest = await askedRest(account);
    const texts = `api/2010-04-01/Accounts/${account.sid}/Messages.json`;
    const form = { From: '+14165550100', To: '+14165559999', Body: 'Hello' };
    account.fail({ path: /Messages/ }, { status: 429, code: 20429, retryAfter: 1, times: 1 });
    account.fail({ method: 'POST' }, { status: 503, times: 1, afterCarryingOut: true });
    account.fail({ subdomain: 'api' }, { hangUp: true, times: 1 });
    account.fail({ subdomain: 'voice' }, { status: 500 });

    const busy = await rest.ask(texts, { form });
    expect([busy.status, busy.json.code, busy.headers.get('Retry-After')]).toEqual([429, 20429, '1']);
    expect(account.texts).toHaveLength(0);
    const lost = await rest.ask(texts, { form });
    expect([lost.status, lost.json]).toEqual([503, {}]);
    expect(account.texts).toHaveLength(1);
    await expect(rest.ask(texts, { form })).rejects.toThrow();
    expect((await rest.ask(texts, { form })).status).toBe(201);
    expect(account.texts).toHaveLength(2);
    account.fail({ subdomain: 'api' }, { hangUp: 'in-the-answer', times: 1 });
    await expect(rest.ask(texts, { form })).rejects.toThrow();
    expect(account.texts).toHaveLength(3);

    expect((await rest.ask('voice/v1/DialingPermissions/Countries')).status).toBe(500);
    account.stopFailing();
    expect((await rest.ask('voice/v1/DialingPermissions/Countries')).status).toBe(200);
  });
});

describe('an answer that breaks off in the middle', () => {
  it('is lost to Patchbay: it reads again, and places no second call', async () => {
    const from = '+14165550100';
    await using twilio = await rehearseTwilio({ numbers: [from] });
    const { account, rest } = twilio;
    account.fail({}, { hangUp: 'in-the-answer', times: 1 });
    const order = { from, to: '+14165551234', twiml: '<Response/>' };
    await expect(rest.ask((client) => client.calls.create(order))).rejects.toMatchObject({ uncertain: true });
    expect(account.calls.placed).toHaveLength(1);

    account.fail({}, { hangUp: 'in-the-answer', times: 1 });
    expect((await rest.ask((client) => client.balance.fetch())).balance).toBe('20');
    expect(account.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
  });
});

describe('lists at the rehearsed Twilio', () => {
  it('come in pages that the twilio package walks', async () => {
    const verifiedCallerIds = Array.from({ length: 5 }, (_, at) => `+1416555120${at}`);
    await using twilio = await rehearseTwilio({ verifiedCallerIds, profiles: [{}, {}, { status: 'draft' }] });
    const { rest, account } = twilio;
    const callerIds = await rest.ask((client) => client.outgoingCallerIds.list({ pageSize: 2 }));
    expect(callerIds.map(({ phoneNumber }) => phoneNumber)).toEqual(verifiedCallerIds);
    const profiles = await rest.ask((client) => client.trusthub.v1.customerProfiles.list({ pageSize: 1 }));
    expect(profiles.map(({ sid }) => sid)).toEqual(account.profiles.map(({ sid }) => sid));
    expect(account.requests.map(({ params }) => params.Page)).toEqual([
      undefined,
      '1',
      '2',
      undefined,
      '1',
      '2',
    ]);
  });

  it('are found by the token of a page, not by its number', async () => {
    const account = new RehearsalAccount({ numbers: ['+14165550100', '+14165550101'] });
    await using rest = await askedRest(account);
    const page = async (more: string) => {
      const { json } = await rest.ask(`${numbersOf(account)}?PageSize=1${more}`);
      return (json.incoming_phone_numbers as { phone_number: string }[] | undefined)?.map(
        ({ phone_number }) => phone_number,
      );
    };
    expect(await page('&Page=1')).toEqual(['+14165550100']);
    expect(await page('&Page=1&PageToken=PA1')).toEqual(['+14165550101']);
    const { status, json } = await rest.ask(`${numbersOf(account)}?PageToken=mine`);
    expect([status, json.code]).toEqual([400, 21481]);
  });
});

/** Skipped where Twilio's OpenAPI files are not there. */
describe.skipIf(openApiCheck() === undefined)('what Twilio does not describe', () => {
  const request = (twilio: RehearsedTwilio, method: 'get' | 'post', path: string, data = {}) =>
    twilio.rest.ask((client) =>
      client.request({ method, uri: `https://api.twilio.com/2010-04-01/${path}`, data }),
    );
  const text = { From: '+14165550100', To: '+14165559999', Body: 'Hello' };

  it.each<[string, (twilio: RehearsedTwilio) => Promise<unknown>, string]>([
    ['a path', (twilio) => request(twilio, 'get', 'Boats.json'), 'no such path'],
    ['a method', (twilio) => request(twilio, 'post', 'Accounts/AC1/Balance.json'), 'no such path'],
    ['a parameter', (twilio) => request(twilio, 'get', 'Accounts.json?Colour=red'), 'no parameter Colour'],
    ['a value', (twilio) => request(twilio, 'get', 'Accounts.json?Status=asleep'), 'allowed values'],
    ['a page too large', (twilio) => request(twilio, 'get', 'Accounts.json?PageSize=1001'), '<= 1000'],
    [
      'a field of a form',
      (twilio) =>
        request(twilio, 'post', `Accounts/${twilio.account.sid}/Messages.json`, { ...text, Colour: 'red' }),
      'no parameter Colour',
    ],
    [
      'a form without what must be there',
      (twilio) =>
        request(twilio, 'post', `Accounts/${twilio.account.sid}/Messages.json`, { ...text, To: '' }),
      'To is missing',
    ],
    [
      'a field of an answer',
      (twilio) => {
        Object.assign(twilio.account.own('+14165550100').capabilities, { boats: true });
        return twilio.rest.ask((client) => client.incomingPhoneNumbers.list());
      },
      'boats',
    ],
    [
      'a value in an answer',
      (twilio) => {
        Object.assign(twilio.account, { type: 'Golden' });
        return twilio.rest.ask((client) => client.api.v2010.accounts(twilio.account.sid).fetch());
      },
      'allowed values',
    ],
  ])('is refused, and stopping says so: %s', async (_what, ask, problem) => {
    const twilio = await rehearseTwilio();
    await ask(twilio).catch(() => undefined);
    await expect(twilio[Symbol.asyncDispose]()).rejects.toThrow(problem);
  });
});
