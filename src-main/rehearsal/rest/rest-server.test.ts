import { describe, expect, it } from 'vitest';
import { rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';
import { RehearsalAccount } from './rehearsal-account-state.ts';
import { askedRest } from './test-support/ask-rest.ts';

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

    expect((await rest.ask('voice/v1/DialingPermissions/Countries')).status).toBe(500);
    account.stopFailing();
    expect((await rest.ask('voice/v1/DialingPermissions/Countries')).status).toBe(200);
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
});

describe('what Twilio does not describe', () => {
  it('is refused, and stopping says so', async () => {
    const wrong = async (): Promise<void> => {
      await using twilio = await rehearseTwilio();
      const uri = 'https://api.twilio.com/2010-04-01/Accounts.json?Colour=red';
      const asked = twilio.rest.ask((client) => client.request({ method: 'get', uri }));
      await expect(asked).rejects.toMatchObject({ status: 418 });
    };
    const { openApiCheck } = await import('./test-support/openapi-check.ts');
    if (openApiCheck() === undefined) return;
    await expect(wrong()).rejects.toThrow('GET api/2010-04-01/Accounts.json: there is no parameter Colour');
  });
});
