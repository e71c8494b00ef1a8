import { createRequire } from 'node:module';
import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerNumberOf } from '../routing/caller-number.ts';
import { readTwiml } from './hosted-twiml.ts';
import { type NetAnswer, netFunction } from './net-function.ts';
import { answer, businessNumber, staticNumber } from './test-support.ts';

const VoiceResponse: unknown = createRequire(import.meta.url)('twilio/lib/twiml/VoiceResponse.js');

/** Runs a Function's source as Twilio does: CommonJS with a global `Twilio`. */
function hosted(source: string) {
  const module: { exports: { handler?: unknown } } = { exports: {} };
  new Script(`(function (exports, Twilio) {${source}\n})`)
    .runInContext(createContext({}))
    .call(undefined, module.exports, { twiml: { VoiceResponse } });
  const { handler } = module.exports;
  if (typeof handler !== 'function') throw new Error('the Function exports no handler');
  return (event: Record<string, string>): string => {
    const answers: string[] = [];
    handler({}, event, (error: unknown, response: unknown) => {
      if (error) throw error;
      answers.push(String(response));
    });
    const [first] = answers;
    if (first === undefined || answers.length > 1)
      throw new Error(`${answers.length} answers to one request`);
    return first;
  };
}

const notSetUp = 'This number is not set up.';
const made = netFunction([answer(), answer({ number: '+33140200000', language: 'fr-FR' })], notSetUp);
const ask = hosted(made.source);
const call = { To: businessNumber, From: '+14165550199', CallStatus: 'ringing', AccountSid: 'AC1' };

describe('netFunction', () => {
  it('rings the static number for a call that has just come in', () => {
    expect(readTwiml(ask(call))).toEqual({
      says: [],
      dial: {
        numbers: [staticNumber],
        timeoutSeconds: 25,
        callerId: '+14165550199',
        action: `/answer?step=after&version=${made.version}`,
      },
    });
    expect(ask(call)).toContain('answerOnBridge="true"');
  });

  it('excuses Patchbay to a caller whose call it had taken', () => {
    const twiml = readTwiml(ask({ ...call, CallStatus: 'in-progress' }));
    expect(twiml?.says).toEqual(['One moment.']);
    expect(twiml?.dial?.numbers).toEqual([staticNumber]);
  });

  it('rings the static number when Patchbay went away after another destination did not answer', () => {
    const twiml = readTwiml(ask({ ...call, CallStatus: 'in-progress', DialCallStatus: 'no-answer' }));
    expect(twiml?.dial?.numbers).toEqual([staticNumber]);
  });

  it('rings nobody again after a conversation', () => {
    for (const step of [{}, { step: 'after' }]) {
      const twiml = ask({ ...call, CallStatus: 'in-progress', DialCallStatus: 'completed', ...step });
      expect(readTwiml(twiml)).toEqual({ says: [], dial: null });
      expect(twiml).toContain('<Hangup/>');
    }
  });

  it.each(['no-answer', 'busy', 'failed', 'canceled'])(
    'says so and ends when the dial ends with %s',
    (status) => {
      const twiml = ask({ ...call, CallStatus: 'in-progress', DialCallStatus: status, step: 'after' });
      expect(readTwiml(twiml)).toEqual({ says: ['Nobody is here.'], dial: null });
      expect(twiml).toContain('<Hangup/>');
    },
  );

  it('does not count a person who was never put through as a conversation', () => {
    const after = { ...call, DialCallStatus: 'completed', DialBridged: 'false', step: 'after' };
    expect(readTwiml(ask(after))?.says).toEqual(['Nobody is here.']);
  });

  it('answers each number with its own words', () => {
    expect(ask({ ...call, To: '+33140200000', step: 'after' })).toContain('language="fr-FR"');
  });

  it.each([[{}], [{ To: '+14165550000' }], [{ To: '__proto__' }], [{ To: 'constructor' }], [{ Called: '' }]])(
    'says of an unknown number that it is not set up: %j',
    (event) => {
      expect(readTwiml(ask(event))).toEqual({ says: [notSetUp], dial: null });
    },
  );

  it.each([
    '',
    'anonymous',
    'Restricted',
    'sip:someone@example.com',
    'client:desk',
    '+266696687',
    '+7378742833',
  ])('calls with the number that was called when the caller’s is withheld: %j', (From) => {
    expect(readTwiml(ask({ ...call, From }))?.dial?.callerId).toBe(businessNumber);
  });

  it('takes the same numbers for withheld as Patchbay itself', () => {
    const keypad = made.source.match(/const withheld = new Set\((\[.*?\])\)/)?.[1];
    const numbers: string[] = JSON.parse(keypad ?? '');
    expect(numbers).toContain('+266696687');
    expect(numbers.map((number) => callerNumberOf(number))).toEqual(numbers.map(() => null));
  });

  it('lets no text out of its place, and needs nothing but ASCII', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        "');throw 1;//",
        '"}]));throw 1;//',
        '</script>',
        '`$' + '{1}`',
        '\\',
        '*/',
        '\u2028',
        '\ud800',
      ),
    );
    const anyAnswer: fc.Arbitrary<NetAnswer> = fc.record({
      number: text,
      workflowId: text,
      destination: text,
      ringSeconds: fc.integer({ min: 5, max: 120 }),
      language: text,
      sayBefore: text,
      sayNobody: text,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(anyAnswer, { selector: ({ number }) => number, maxLength: 4 }),
        text,
        (answers, words) => {
          const { source } = netFunction(answers, words);
          expect(source).toMatch(/^[\n\x20-\x7e]*$/);
          const seen: unknown[] = [];
          const spy = class {
            dial = (attributes: object) => ({
              number: (destination: string) => seen.push({ attributes, destination }),
            });
            say = (_attributes: object, said: string) => seen.push(said);
            hangup() {}
          };
          const exports: { handler?: (...args: unknown[]) => void } = {};
          new Script(`(function (exports, Twilio) {${source}\n})`)
            .runInThisContext()
            .call(undefined, exports, { twiml: { VoiceResponse: spy } });
          for (const { number, destination, ringSeconds } of answers) {
            exports.handler?.({}, { To: number }, () => {});
            if (number !== '') {
              expect(seen.pop()).toMatchObject({
                destination,
                attributes: { timeout: ringSeconds, callerId: number },
              });
            }
          }
          exports.handler?.(
            {},
            { To: 'a number that no answer is for, of more than thirty characters' },
            () => {},
          );
          expect(seen.pop()).toBe(words);
        },
      ),
    );
  });
});
