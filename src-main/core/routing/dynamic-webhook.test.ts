import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutboundError } from '../errors.ts';
import type { OutboundAnswer, OutboundHttp } from '../ports.ts';
import { askDynamicWebhook } from './dynamic-webhook.ts';

const ask = { url: 'https://example.com/route', timeoutMs: 2_000, number: '+14165557777' };

function answering(answer: Partial<OutboundAnswer> | Error) {
  const sent: { url: string; body: string; timeoutMs: number; maxBytes: number }[] = [];
  const outbound: OutboundHttp = {
    async postJson(url, body, { timeoutMs, maxBytes }) {
      sent.push({ url, body, timeoutMs, maxBytes });
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, body: '', ...answer };
    },
  };
  return { outbound, sent };
}

const ok = (transferNumber: unknown) => ({ body: JSON.stringify({ transferNumber }) });

describe('askDynamicWebhook', () => {
  it('sends the number and takes the transferNumber', async () => {
    const { outbound, sent } = answering(ok('+14165550001'));
    expect(await askDynamicWebhook(ask, outbound)).toMatchObject({ ok: true, destination: '+14165550001' });
    expect(sent).toEqual([
      { url: ask.url, body: '{"number":"+14165557777"}', timeoutMs: 2_000, maxBytes: 65_536 },
    ]);
  });

  it('sends an empty number for a caller without one', async () => {
    const { outbound, sent } = answering(ok('+14165550001'));
    await askDynamicWebhook({ ...ask, number: null }, outbound);
    expect(sent[0]?.body).toBe('{"number":""}');
  });

  it.each(['+1 416 555 0001', '+1 (416) 555-0001', '+1-416-555-0001', ' +14165550001\n'])(
    'tolerates %j',
    async (spelling) => {
      const answer = await askDynamicWebhook(ask, answering(ok(spelling)).outbound);
      expect(answer).toMatchObject({ ok: true, destination: '+14165550001' });
    },
  );

  it('says in words of its own what went wrong, each time differently', async () => {
    const failures: (Partial<OutboundAnswer> | Error)[] = [
      { status: 500, body: 'oops' },
      { status: 302, body: '' },
      { body: '' },
      { body: '<html>' },
      { body: '["+14165550001"]' },
      { body: '{}' },
      ok(14165550001),
      ok(''),
      ok('911'),
      ok('4165550001'),
      ok('+1416555000x'),
      ok('+1416555'),
      new OutboundError('timeout', 'it did not answer within 2 s'),
      new OutboundError('refused-address', 'its host name leads to an address that is not public'),
      new OutboundError('too-large', 'its answer is larger than 64 kB'),
      new OutboundError('unreachable', 'nothing answers at its address'),
      new TypeError('a bug'),
    ];
    const reasons = await Promise.all(
      failures.map(async (failure) => {
        const answer = await askDynamicWebhook(ask, answering(failure).outbound);
        return answer.ok ? `took ${answer.destination}` : answer.fallbackReason;
      }),
    );
    for (const reason of reasons) expect(reason).toMatch(/^The dynamic webhook failed: (it|nothing).+\.$/);
    expect(new Set(reasons).size).toBe(failures.length);
  });

  it.each([
    '112',
    '999',
    '+911',
    '+112',
    '+1911',
    '+44999',
    '000',
    '+14165550001;ext=5',
    '+14165550001,,1',
    '+0',
  ])('never dials %j', async (number) => {
    expect(await askDynamicWebhook(ask, answering(ok(number)).outbound)).toMatchObject({ ok: false });
  });

  it('lives with any answer', async () => {
    const anything = fc.record({
      status: fc.constantFrom(200, 200, 204, 404),
      body: fc.oneof(
        fc.string(),
        fc.json(),
        fc.anything().map((value) => JSON.stringify(ok(value))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (drawn) => {
        const answer = await askDynamicWebhook(ask, answering(drawn).outbound);
        if (answer.ok) expect(answer.destination).toMatch(/^\+[1-9]\d{6,14}$/);
        else expect(answer.fallbackReason).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
