import { afterEach, describe, expect, it } from 'vitest';
import { RehearsalLine } from './rehearsal-line.ts';
import { openApiCheck } from './rest/test-support/openapi-check.ts';
import {
  account,
  FakePatchbay,
  lineTo,
  planOf,
  publicUrl,
  silentLogger,
} from './test-fixtures/fake-patchbay.ts';

const check = openApiCheck();
afterEach(() => check?.throwIfViolated());

const credentials = { Authorization: `Basic ${btoa(`${account.sid}:${account.authToken}`)}` };

/** What the line's REST side answers under the account. */
async function ask(apiUrl: string, resource: string, form?: Record<string, string>) {
  const response = await fetch(`${apiUrl}/api/2010-04-01/Accounts/${account.sid}/${resource}.json`, {
    headers: credentials,
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

describe('the account of the rehearsal line', () => {
  it('is reached over REST, with the texts and numbers that the line knows', async () => {
    const fake = await new FakePatchbay({}).start();
    const line = lineTo(fake, { check });
    const { apiUrl } = await line.start();
    try {
      line.own('+14165550101');
      const { json } = await ask(apiUrl, 'IncomingPhoneNumbers');
      expect(json.incoming_phone_numbers).toMatchObject([{ phone_number: '+14165550101' }]);

      const text = { From: '+14165550100', To: '+14165559999', Body: 'Hello' };
      expect((await ask(apiUrl, 'Messages', text)).status).toBe(201);
      line.refuseTextsTo(text.To, 21610);
      expect((await ask(apiUrl, 'Messages', text)).json.code).toBe(21610);
      expect(line.texts).toMatchObject([{ to: text.To, body: 'Hello' }]);
    } finally {
      await line.stop();
      await fake.stop();
    }
    await expect(ask(apiUrl, 'Balance')).rejects.toThrow();
  });

  it('owns the numbers that its host names, as they come', async () => {
    const fake = await new FakePatchbay({}).start();
    const named: string[] = [];
    const line = new RehearsalLine({
      webhookUrl: fake.url,
      publicUrl,
      account: { ...account, ownsToo: () => named },
      speed: 200,
      logger: silentLogger,
      check,
    });
    expect(line.account.numbers).toEqual([]);
    named.push('+14165550100');
    const [number] = line.account.numbers;
    expect(number?.phoneNumber).toBe('+14165550100');
    named.pop();
    expect(line.account.numbers).toEqual([number]);
    await fake.stop();
  });

  it('takes a subaccount’s calls in the subaccount’s name', async () => {
    const fake = await new FakePatchbay({}).start();
    const line = new RehearsalLine({
      webhookUrl: fake.url,
      publicUrl,
      account: { ...account, subaccounts: [{ numbers: ['+14165550100'], authToken: 'of the subaccount' }] },
      speed: 200,
      logger: silentLogger,
      check,
    });
    await line.place(planOf()).ended;
    expect(fake.last('/twilio/voice')?.params.AccountSid).toBe(line.account.subaccounts[0]?.sid);
    // The fake checks with the main account's token.
    expect(fake.last('/twilio/voice')?.signed).toBe(false);
    await line.place(planOf([], { to: '+14165550101' })).ended;
    expect(fake.last('/twilio/voice')).toMatchObject({ signed: true, params: { AccountSid: account.sid } });
    await line.stop();
    await fake.stop();
  });
});
