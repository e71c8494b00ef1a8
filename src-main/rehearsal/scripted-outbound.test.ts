import { describe, expect, it } from 'vitest';
import { OutboundError } from '../core/errors.ts';
import { readScript } from './script.ts';
import { ScriptedOutbound } from './scripted-outbound.ts';

const url = 'https://a.example/route';
const outboundFor = (answers: string): ScriptedOutbound =>
  new ScriptedOutbound(
    readScript(`name: A\nwebhooks: { "${url}": ${answers} }\nexpect: { rung: [] }`).webhooks,
  );
const ask = (outbound: ScriptedOutbound, to = url) =>
  outbound.postJson(to, '{"number":"+1"}', { timeoutMs: 30, maxBytes: 1024 });
const kindOf = async (answers: string, to?: string): Promise<string> => {
  const error: unknown = await ask(outboundFor(answers), to).catch((thrown: unknown) => thrown);
  return error instanceof OutboundError ? error.kind : 'no error';
};

describe('ScriptedOutbound', () => {
  it('answers by script, and the last answer holds', async () => {
    const outbound = outboundFor('[{ status: 503 }, { json: { a: 1 }, headers: { X-A: b } }]');
    expect(await ask(outbound)).toEqual({ status: 503, headers: {}, body: '' });
    const last = { status: 200, headers: { 'x-a': 'b' }, body: '{"a":1}' };
    expect(await ask(outbound)).toEqual(last);
    expect(await ask(outbound)).toEqual(last);
    expect(outbound.posted).toHaveLength(3);
  });

  it('fails as the real client does', async () => {
    expect(await kindOf('{ delayMs: 500 }')).toBe('timeout');
    expect(await kindOf(`{ body: "${'a'.repeat(2000)}" }`)).toBe('too-large');
    expect(await kindOf('{ error: { kind: refused-address, reason: it is private } }')).toBe(
      'refused-address',
    );
    expect(await kindOf('{}', 'https://b.example/')).toBe('unreachable');
  });
});
