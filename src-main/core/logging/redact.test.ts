import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { redact, redactText } from './redact.ts';

/** The one line that a logger writes for these facts. */
function lineOf(message: string, facts: Record<string, unknown>): string {
  const lines: string[] = [];
  createLogger({ destination: { write: (line) => lines.push(line) } }).info(message, facts);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

const runs = Number(process.env.FAST_CHECK_RUNS ?? 500);

describe('phone numbers', () => {
  const digits = fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 7, maxLength: 15 })
    .map((list) => list.join(''));
  const e164 = fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      digits.filter((rest) => rest.length <= 14),
    )
    .map(([first, rest]) => `+${first}${rest}`);
  const northAmerican = fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }).map(String);
  const written = fc.oneof(
    e164,
    digits,
    e164.map((number) => encodeURIComponent(number)),
    northAmerican.map((n) => `+1 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6)}`),
    northAmerican.map((n) => `${n.slice(0, 3)}.${n.slice(3, 6)}.${n.slice(6)}`),
    northAmerican.map((n) => [...n].join(' ')),
    northAmerican.map((n) => `tel:+1-${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}`),
  );
  /** A text around the number that ends and starts with no digit, so that the number stays recognisable. */
  const around = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map((text) => text.replaceAll(/\p{Nd}/gu, ''));
  const planted = fc.tuple(around, written, around).map(([before, number, after]) => ({
    number,
    text: `${before}${number}${after}`,
  }));

  const carriers: ((text: string, inner: unknown) => unknown)[] = [
    (text) => text,
    (text, inner) => ({ from: text, inner }),
    (text, inner) => ({ [text]: inner }),
    (text, inner) => [inner, text],
    (text, inner) => Object.assign(new Error(text), { inner }),
    (text, inner) => new Error('outer', { cause: Object.assign(new TypeError(text), { inner }) }),
    (text, inner) => new Map([[text, inner]]),
    (text, inner) => new Set([inner, text]),
    (text, inner) => JSON.stringify({ to: text, inner: JSON.stringify(inner ?? null) }),
    (text, inner) => ({ toJSON: () => ({ text, inner }) }),
    (text, inner) => new AggregateError([new Error(text), inner], text),
  ];

  it('never reach a line, wherever they are planted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(planted, fc.nat(carriers.length - 1)), { minLength: 1, maxLength: 6 }),
        planted,
        (layers, inMessage) => {
          const facts = layers.reduce<unknown>(
            (inner, [{ text }, carrier]) => carriers[carrier]?.(text, inner),
            undefined,
          );
          const line = lineOf(inMessage.text, { facts }).replace(/"time":"[^"]*"/, '');
          for (const { number } of [inMessage, ...layers.map(([one]) => one)]) {
            expect(line).not.toContain(number);
            // Nor in another form: all of its digits in a row, with anything but letters in between.
            const plain = number.replaceAll('%2B', '+').replaceAll(/\D/g, '');
            expect(line.replaceAll(/[^\d\p{L}"•]/gu, '')).not.toContain(plain);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it('leave their country and area code and two digits, when those do not give them away', () => {
    expect(redactText('call +14165551234 now')).toBe('call +1416•••34 now');
    expect(redactText('(416) 555-1234')).toBe('4165•••34');
    expect(redactText('5551234')).toBe('•••34');
    expect(redactText('From=%2B14165551234')).toBe('From=%2B1416•••34');
    expect(redactText('٠٤١٦٥٥٥١٢٣٤')).not.toContain('٥٥٥');
  });
});

describe('what is no phone number', () => {
  it.each([
    'e0f4c895-e3ea-416a-a98a-578e82868473',
    '00000000-1111-4222-8333-444455556666',
    'CA01234567890123456789012345678901',
    '2026-11-22T09:30:00.000Z',
    '2026-11-22',
    '2026-11-22 09:30:00',
    'http://127.0.0.1:4747/health',
    'it answered 503 after 2000 ms',
    'at run (file:///app/out/main/index.js:123:45)',
    'from “Reception” to office, 09:00-17:00',
  ])('stays whole: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('numbers stay numbers', () => {
    expect(redact({ at: 1_795_338_000_000, ms: 0.5, n: Number.NaN })).toEqual({
      at: 1_795_338_000_000,
      ms: 0.5,
      n: Number.NaN,
    });
  });
});

describe('secrets', () => {
  it.each([
    'authToken',
    'TWILIO_AUTH_TOKEN',
    'token',
    'routerKey',
    'apiKey',
    'Authorization',
    'password',
    'x-twilio-signature',
    'Cookie',
    'clientSecret',
  ])('under the key %s are masked, whatever they are', (key) => {
    for (const secret of ['hunter2', { a: 'hunter2' }, ['hunter2'], 4711]) {
      expect(redact({ [key]: secret, other: 'fine' })).toEqual({ [key]: '[secret]', other: 'fine' });
    }
    expect(redact({ [key]: null })).toEqual({ [key]: null });
  });

  it('counts of a model’s tokens are no secrets', () => {
    expect(redact({ inputTokens: 512, tokens: 'abc' })).toEqual({ inputTokens: 512, tokens: '[secret]' });
  });

  it.each([
    'POST /transfer/s3cr3tRouterKey_-abc failed',
    'POST https://x.example/transfer/s3cr3t?x=1',
    'POST /calls/s3cr3t failed',
    'https://x.example/calls/s3cr3t?x=1',
    'wss://x.example/twilio/relay/s3cr3t',
    'http://127.0.0.1:4748/?token=s3cr3t&x=1',
    'AuthToken=s3cr3t&From=x',
    'https://AC1:s3cr3t@api.example/2010',
    'Authorization: Bearer s3cr3tAbcdef',
    'Authorization: Basic QUM6s3cr3t==',
    'sent Bearer s3cr3tAbcdef along',
    'X-Twilio-Signature: s3cr3t=',
    '{"apiKey":"s3cr3t","a":1}',
    JSON.stringify(JSON.stringify({ auth_token: 's3cr3t' })),
  ])('in a text are masked: %s', (text) => {
    expect(redactText(text)).not.toContain('s3cr3t');
    expect(redactText(text)).toContain('[secret]');
  });

  it('are known by their form', () => {
    const authToken = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    expect(redactText(`Twilio said no to ${authToken}`)).toBe('Twilio said no to [secret]');
    expect(redactText('Incorrect API key provided: sk-proj-abcdefghijklmnop')).not.toContain('abcdefgh');
  });

  it('end where a text goes on', () => {
    expect(redactText('GET /transfer/abc?x=1 → 404')).toBe('GET /transfer/[secret]?x=1 → 404');
    const ofCall = 'POST /twilio/calls/7b7c2c52-6f2f-4f41-9f0c-6a2b0a4dc001/dial/1';
    expect(redactText(ofCall)).toBe(ofCall);
    expect(redactText('{"token":"abc","why":"late"}')).toBe('{"token":"[secret]","why":"late"}');
  });
});

describe('anything can be logged', () => {
  it('whatever its shape', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    let deep: unknown = '+14165551234';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    const line = lineOf('everything', {
      circle,
      deep,
      bytes: Buffer.from('+14165551234'),
      big: 14_165_551_234n,
      url: new URL('https://example.com/transfer/abc'),
      date: new Date(0),
      never: new Date(Number.NaN),
      call: () => 1,
      get broken() {
        return Object.defineProperty({}, 'x', {
          enumerable: true,
          get: () => {
            throw new Error('no');
          },
        });
      },
    });
    expect(JSON.parse(line).facts).toMatchObject({
      circle: { name: 'circle', self: '[circular]' },
      bytes: '[12 bytes]',
      big: '1416•••34',
      url: 'https://example.com/transfer/[secret]',
      date: '1970-01-01T00:00:00.000Z',
      never: null,
      call: '[function]',
      broken: '[unreadable]',
    });
  });

  it('as one JSON object with a fixed frame, which facts can’t take over', () => {
    const line = JSON.parse(lineOf('Ready', { time: 'noon', msg: 'mine', level: 7 }));
    expect(line).toMatchObject({
      level: 'info',
      msg: 'Ready',
      facts: { time: 'noon', msg: 'mine', level: 7 },
    });
    expect(new Date(line.time).getTime()).toBeGreaterThan(0);
  });

  it('from the level on that was asked for', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d', { problem: new Error('no answer from +14165551234') });
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['c', 'd']);
    const { problem } = JSON.parse(lines[1] ?? '{}').facts;
    expect(problem).toMatchObject({ name: 'Error', message: 'no answer from +1416•••34' });
    expect(problem.stack).toContain('redact.test.ts');
  });
});
