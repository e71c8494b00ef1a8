import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../../src-preload/contract/transfers.ts';
import {
  type CoreUnderTest,
  caller,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
} from '../test-support/core-under-test.ts';

const otherCaller = '+14165550177';
const otherKey = 'core-key-9876543210-9876543210-987';
const documented = readFileSync(
  join(import.meta.dirname, 'dialects/fixtures/callcow-call-ended.json'),
  'utf8',
);

type Json = Record<string, unknown>;

async function send(under: CoreUnderTest, path: string, body: string, init: RequestInit = {}) {
  const response = await fetch(under.webhookUrl + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    ...init,
  });
  return { status: response.status, json: (await response.json()) as Json };
}

async function transfer(under: CoreUnderTest, number: string): Promise<void> {
  expect((await send(under, `/transfer/${routerKey}`, JSON.stringify({ number }))).status).toBe(200);
}

/** CallCow tells of a call from this number that was made just now. */
async function tell(under: CoreUnderTest, fields: Json, key = routerKey): Promise<void> {
  const body = {
    ...(JSON.parse(documented) as Json),
    phone_number_from: caller,
    created_at: new Date().toISOString(),
    ...fields,
  };
  const told = await send(under, `/calls/${key}`, JSON.stringify(body));
  expect(told).toEqual({ status: 200, json: { ok: true } });
}

function joined(under: CoreUnderTest): { caller: string | null; summary: string | undefined }[] {
  const summaryOf = ({ platformCall }: Transfer) => platformCall?.summary;
  return under.core
    .listTransfers({ limit: 50 })
    .map((transfer) => ({ caller: transfer.caller, summary: summaryOf(transfer) }));
}

describe('POST /calls/<routerKey>', () => {
  it('shows the platform’s call on the transfer that it belongs to', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    await tell(under, { call_id: 'c1' });
    expect(under.core.listTransfers({ limit: 10 })).toEqual([
      {
        id: expect.any(Number),
        at: expect.any(Number),
        integrationId: 'desk',
        dialect: 'callcow',
        caller,
        called: null,
        destination: staticNumber,
        fallbackReason: null,
        isAwaited: false,
        problem: null,
        callId: null,
        platformCall: {
          callId: 'c1',
          workflowId: '008bda4d-0003-4f55-a8ed-803b3d1d69d5',
          workflowName: 'Front desk',
          from: caller,
          to: '+14165550100',
          status: 'success',
          summary: 'The caller says that the last bill is wrong and wants to speak with billing.',
          transcript: [
            { role: 'assistant', content: 'Harbour Plumbing, how can I help?' },
            { role: 'user', content: 'My bill is wrong.' },
          ],
          form: { name: 'Jo Rivers', department: 'billing' },
          createdAt: expect.any(Number),
          receivedAt: expect.any(Number),
        },
      },
    ]);
  });

  it('takes the payload as it is documented', async () => {
    await using under = await startCore();
    expect(await send(under, `/calls/${routerKey}`, documented)).toEqual({ status: 200, json: { ok: true } });
  });

  it('joins each call with the transfer of its own caller, each transfer once', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    await transfer(under, otherCaller);
    await tell(under, { call_id: 'c1', call_summary: 'one' });
    await tell(under, { call_id: 'c2', call_summary: 'two', phone_number_from: otherCaller });
    await tell(under, { call_id: 'c3', call_summary: 'three', phone_number_from: '+12125550142' });
    await tell(under, { call_id: 'c4', call_summary: 'four' });
    expect(joined(under)).toEqual([
      { caller: otherCaller, summary: 'two' },
      { caller, summary: 'one' },
    ]);
  });

  it('keeps a call once, however often and at once it is sent', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    await transfer(under, caller);
    const again = () => tell(under, { call_id: 'c1', call_summary: 'one' });
    await Promise.all([again(), again(), again()]);
    await tell(under, { call_id: 'c1', call_summary: 'something else' });
    expect(joined(under)).toEqual([
      { caller, summary: 'one' },
      { caller, summary: undefined },
    ]);
  });

  it('finds the person at the other end of a call that the platform placed', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    await tell(under, { call_id: 'c1', phone_number_from: '+14165550100', phone_number_to: caller });
    expect(under.core.listTransfers({ limit: 1 })[0]?.platformCall?.callId).toBe('c1');
  });

  it('does not take the next call for the one that the platform asked about twice', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    await transfer(under, caller);
    await tell(under, { call_id: 'c1', call_summary: 'one' });
    await tell(under, { call_id: 'c2', call_summary: 'Nobody was handed over in this one.' });
    expect(joined(under).map(({ summary }) => summary)).toEqual(['one', undefined]);
    expect(under.core.listPlatformCalls({ limit: 10 })).toMatchObject([
      { callId: 'c2', summary: 'Nobody was handed over in this one.', transferId: null },
      { callId: 'c1', transferId: expect.any(Number) },
    ]);
  });

  it('never guesses between two withheld callers', async () => {
    await using under = await startCore();
    await transfer(under, 'anonymous');
    await transfer(under, caller);
    await tell(under, { call_id: 'c1', call_summary: 'one', phone_number_from: 'anonymous' });
    await transfer(under, 'anonymous');
    await transfer(under, 'anonymous');
    await tell(under, { call_id: 'c2', call_summary: 'two', phone_number_from: 'anonymous' });
    expect(joined(under).map(({ summary }) => summary)).toEqual([undefined, undefined, undefined, 'one']);
  });

  it('does not reach into another integration', async () => {
    await using under = await startCore(
      deskYaml().replace(
        'workflows:',
        `  - { id: other, name: Other, staticNumber: "${staticNumber}", routerKey: ${otherKey} }\nworkflows:`,
      ),
    );
    await transfer(under, caller);
    await tell(under, { call_id: 'c1' }, otherKey);
    expect(under.core.listTransfers({ limit: 1 })[0]?.platformCall).toBeNull();
    await tell(under, { call_id: 'c1' });
    expect(under.core.listTransfers({ limit: 1 })[0]?.platformCall?.callId).toBe('c1');
  });

  it('leaves the summary with a contact that is there, and makes none', async () => {
    const contacts = `contacts:\n  - { number: "${caller}", name: Corner Bakery }`;
    await using under = await startCore(deskYaml({ more: contacts }));
    await transfer(under, caller);
    await tell(under, { call_id: 'c1', call_summary: 'Wants the boiler looked at.' });
    await tell(under, { call_id: 'c2', call_summary: 'Unknown.', phone_number_from: otherCaller });
    const card = async (from: string) => {
      const sid = `CA${from.slice(1)}`;
      await under.twilio.post('/twilio/voice', {
        CallSid: sid,
        AccountSid: 'ACtest',
        From: from,
        To: '+14165550100',
        CallStatus: 'ringing',
      });
      return under.core.getCall(sid);
    };
    expect((await card(caller))?.caller.notes).toContain('Wants the boiler looked at.');
    const unknown = await card(otherCaller);
    expect(unknown?.call.contact.known).toBe(false);
    expect(unknown?.caller.notes).not.toContain('Unknown.');
  });

  it('survives a restart', async () => {
    const under = await startCore();
    await transfer(under, caller);
    await using again = await under.restart();
    await tell(again, { call_id: 'c1' });
    expect(again.core.listTransfers({ limit: 1 })[0]?.platformCall?.callId).toBe('c1');
  });

  it('pages through the transfers, the newest first', async () => {
    await using under = await startCore();
    const numbers = Array.from({ length: 5 }, (_, index) => `+1416555020${index}`);
    for (const number of numbers) await transfer(under, number);
    const pages: (string | null)[] = [];
    let before: number | undefined;
    for (let page = under.core.listTransfers({ limit: 2 }); page.length > 0; ) {
      pages.push(...page.map((one) => one.caller));
      before = page.at(-1)?.id;
      page = under.core.listTransfers({ limit: 2, before });
    }
    expect(pages).toEqual(numbers.toReversed());
    expect(under.core.listTransfers({ limit: 2, before: 999_999 })).toEqual([]);
  });

  it('refuses what it can’t use, each time in the same form', async () => {
    await using under = await startCore();
    const path = `/calls/${routerKey}`;
    const large = JSON.stringify({ call_id: 'c1', call_summary: 'x'.repeat(1024 * 1024) });
    const attempts = [
      [404, 'not_found', '/calls/unknown-key-0123456789-0123456789', '{}'],
      [404, 'not_found', `${path}/callcow`, '{}'],
      [400, 'not_json', path, '{'],
      [400, 'not_an_object', path, '[]'],
      [400, 'no_call_id', path, '{}'],
      [413, 'too_large', path, large],
    ] as const;
    for (const [status, code, at, body] of attempts) {
      const refused = await send(under, at, body);
      expect({ at, ...refused }).toMatchObject({
        at,
        status,
        json: { error: { code, message: expect.any(String) } },
      });
    }
    const typed = await send(under, path, '{}', { headers: { 'content-type': 'text/plain' } });
    expect(typed).toMatchObject({ status: 415, json: { error: { code: 'unsupported_media_type' } } });
    const got = await fetch(under.webhookUrl + path);
    expect(got.status).toBe(405);
    const log = under.logLines.join('');
    for (const secret of [routerKey, caller.slice(1)]) expect(log).not.toContain(secret);
  });

  it('takes a call of 1 MB', async () => {
    await using under = await startCore();
    await transfer(under, caller);
    const bare = JSON.stringify({ call_id: 'c1', phone_number_from: caller, call_summary: '' });
    const body = bare.replace(
      '"call_summary":""',
      `"call_summary":"${'x'.repeat(1024 * 1024 - bare.length)}"`,
    );
    expect((await send(under, `/calls/${routerKey}`, body)).status).toBe(200);
    expect(under.core.listTransfers({ limit: 1 })[0]?.platformCall?.callId).toBe('c1');
  });
});
