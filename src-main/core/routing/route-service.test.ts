import { describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import type { WebhookRequest } from '../database/webhook-requests.ts';
import { type CompiledDesk, compileDesk } from '../desk/desk-service.ts';
import { OutboundError } from '../errors.ts';
import type { Logger, OutboundHttp } from '../ports.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import { freshState } from './groups.ts';
import { RouteService, UnknownIntegrationError } from './route-service.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const staticNumber = '+14165551234';
const caller = {
  number: '+14165557777',
  contact: { known: false, tags: [] },
  fields: {},
  called: null,
  workflowId: null,
};

const rules = [{ name: 'Toronto', when: { callerPrefix: '+1416' }, to: '+14165550001' }];
const desk = compileDesk(
  deskSchema.parse({
    patchbay: 1,
    integrations: [
      { id: 'plain', name: 'Plain', staticNumber },
      { id: 'rules', name: 'Rules', staticNumber, dynamic: { rules } },
      { id: 'next', name: 'Next', staticNumber, dynamic: { rules }, noAnswer: ['next', 'message'] },
      { id: 'plain-next', name: 'Plain next', staticNumber, noAnswer: ['next'] },
      {
        id: 'hook',
        name: 'Hook',
        staticNumber,
        dynamic: { webhook: 'https://example.com/r', timeoutMs: 700 },
        noAnswer: ['next', 'message'],
      },
    ],
  }),
);

function serviceWith(
  options: { desk?: CompiledDesk; post?: OutboundHttp['postJson']; write?: 'works' | 'fails' } = {},
) {
  const rows: WebhookRequest[] = [];
  const heard: string[] = [];
  let time = 1_000;
  const service = new RouteService({
    desk: () => options.desk ?? desk,
    memory: { ...freshState, take: () => {}, heardOf: (number) => void heard.push(number) },
    outbound: {
      postJson:
        options.post ??
        (() => {
          throw new Error('no request was expected');
        }),
    },
    recorder: {
      async write(work) {
        if (options.write === 'fails') throw new Error('the disk is gone');
        work();
        return 'durable';
      },
    },
    webhookRequests: { insert: (row) => void rows.push(row) },
    clock: { now: () => (time += 5) },
    logger: silent,
  });
  return { service, rows, heard };
}

const answer = (body: unknown, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) });

describe('RouteService', () => {
  it('decides at once by static number and by rules', () => {
    const { service } = serviceWith();
    expect(service.decide('plain', caller)).toEqual({
      integrationId: 'plain',
      destinations: [staticNumber],
      via: 'static',
      why: 'The integration always leads to its static number.',
      tookMs: 5,
    });
    expect(service.decide('rules', caller)).toMatchObject({
      destinations: ['+14165550001'],
      via: 'rule',
      rule: 'Toronto',
    });
  });

  it('puts the tags of a known contact on record, whether a rule asked for them or not', async () => {
    const { service } = serviceWith({ post: async () => answer({ transferNumber: '+14165550009' }) });
    const known = { ...caller, contact: { known: true, tags: ['vip'] } };
    for (const integration of ['plain', 'rules', 'hook']) {
      expect(await service.decide(integration, known), integration).toMatchObject({
        seen: { tags: ['vip'] },
      });
      expect(await service.decide(integration, caller), integration).not.toHaveProperty('seen');
    }
  });

  it('rings the static number last when noAnswer says next, and never twice', () => {
    const { service } = serviceWith();
    expect(service.decide('next', caller)).toMatchObject({ destinations: ['+14165550001', staticNumber] });
    expect(service.decide('plain-next', caller)).toMatchObject({ destinations: [staticNumber] });
  });

  it('asks the dynamic webhook and puts the request on record', async () => {
    const asked: unknown[] = [];
    const { service, rows } = serviceWith({
      async post(url, body, { timeoutMs }) {
        asked.push({ url, body, timeoutMs });
        return answer({ transferNumber: '+14165550009' });
      },
    });
    expect(await service.decide('hook', caller, 'call-1')).toMatchObject({
      destinations: ['+14165550009', staticNumber],
      via: 'webhook',
    });
    expect(asked).toEqual([
      { url: 'https://example.com/r', body: '{"number":"+14165557777"}', timeoutMs: 700 },
    ]);
    expect(rows).toEqual([
      {
        direction: 'out',
        at: 1_005,
        method: 'POST',
        url: 'https://example.com/r',
        status: 200,
        ms: 5,
        requestBody: '{"number":"+14165557777"}',
        answerBody: '{"transferNumber":"+14165550009"}',
        callId: 'call-1',
        integrationId: 'hook',
        fallbackReason: null,
        problem: null,
      },
    ]);
  });

  it('falls back to the static number when the webhook fails, with the reason on record', async () => {
    const { service, rows } = serviceWith({
      async post() {
        throw new OutboundError('timeout', 'it did not answer within 0.7 s');
      },
    });
    const fallbackReason = 'The dynamic webhook failed: it did not answer within 0.7 s.';
    expect(await service.decide('hook', caller)).toMatchObject({
      destinations: [staticNumber],
      via: 'fallback',
      fallbackReason,
      why: `${fallbackReason} The static number takes the call.`,
    });
    expect(rows).toMatchObject([{ status: null, answerBody: null, callId: null, fallbackReason }]);
  });

  it('keeps at most 4 kB of an answer', async () => {
    const { service, rows } = serviceWith({ post: async () => answer('é'.repeat(5_000)) });
    await service.decide('hook', caller);
    const kept = rows[0]?.answerBody ?? '';
    expect(Buffer.byteLength(kept)).toBeGreaterThan(4_000);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(4_096);
    expect(kept).not.toContain('\ufffd');
  });

  it('decides although nothing can be recorded', async () => {
    const { service } = serviceWith({
      post: async () => answer({ transferNumber: '+14165550009' }),
      write: 'fails',
    });
    expect(await service.decide('hook', caller)).toMatchObject({ via: 'webhook' });
  });

  it('falls back to the static number when the rules throw', () => {
    const intact = desk.integrationById.get('rules');
    if (intact === undefined) throw new Error('the desk has rules');
    const broken: CompiledIntegration = {
      integration: intact.integration,
      get rules(): never {
        throw new Error('a bug');
      },
    };
    const { service } = serviceWith({ desk: { ...desk, integrationById: new Map([['rules', broken]]) } });
    expect(service.decide('rules', caller)).toMatchObject({
      destinations: [staticNumber],
      via: 'fallback',
      fallbackReason: 'The rules could not be evaluated.',
    });
  });

  it('knows no decision for an integration that the desk does not have', () => {
    expect(() => serviceWith().service.decide('nobody', caller)).toThrow(UnknownIntegrationError);
  });

  it('says which integrations there are when one is unknown', () => {
    expect(() => serviceWith().service.decide('nobody', caller)).toThrow(
      'there is no integration "nobody"; the desk has plain, rules, next, plain-next, hook',
    );
  });

  it('lets every destination rest but a static number', () => {
    const { service, heard } = serviceWith();
    service.heardOf('+14165550001', 'no-answer', 0);
    service.heardOf(staticNumber, 'no-answer', 0);
    expect(heard).toEqual(['+14165550001']);
  });
});
