import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { callOutcomes, transferCauses } from '../../src-preload/contract/calls.ts';
import { parseDeskFile } from '../core/desk/parse-desk-file.ts';
import { readScript, ScriptError } from './script.ts';

const problemsOf = (yaml: string): readonly string[] => {
  try {
    readScript(yaml);
    return [];
  } catch (error) {
    if (error instanceof ScriptError) return error.problems;
    throw error;
  }
};

describe('readScript', () => {
  it('reads steps and destinations in short and in long form', () => {
    const script = readScript(`
name: A call
from: "+14165559999"
steps:
  - say: Hello
  - press: "0"
  - interrupt: { afterWords: 3, say: Stop }
  - wait: 2
  - waitFor: ringing
  - hang-up
destinations:
  "+14165551234": [no-answer, { answers: { after: 1, talks: 2 } }]
  "+14165551235": busy
expect: { outcome: finished }
`);
    expect(script.steps).toEqual([
      { do: 'say', words: 'Hello' },
      { do: 'press', digits: '0' },
      { do: 'interrupt', afterWords: 3, words: 'Stop' },
      { do: 'wait', seconds: 2 },
      { do: 'wait-for', moment: 'ringing' },
      { do: 'hang-up' },
    ]);
    expect(script.destinations).toEqual({
      '+14165551234': [
        { outcome: 'no-answer' },
        { outcome: 'answers', afterSeconds: 1, talkSeconds: 2, presses: '1' },
      ],
      '+14165551235': [{ outcome: 'busy', afterSeconds: 1 }],
    });
  });

  it('reads one question of a platform or several, and the call that follows the last', () => {
    const read = (router: string) => readScript(`name: A\nrouter: ${router}\nexpect: { rung: [] }`).router;
    expect(read('{ body: {} }')).toEqual([{ body: {} }]);
    expect(read('{ body: {}, thenCalls: true }')).toEqual([{ body: {}, thenCalls: { after: 0 } }]);
    expect(read('[{ body: {} }, { body: {}, thenCalls: { from: withheld, after: 5 } }]')?.[1]).toEqual({
      body: {},
      thenCalls: { from: 'withheld', after: 5 },
    });
  });

  it.each([
    ['an unknown key', 'name: A\nexpct: {}\nexpect: { outcome: finished }', 'expct (line 2)'],
    ['an unknown expectation', 'name: A\nexpect:\n  outcom: finished', 'expect.outcom (line 3)'],
    ['an outcome that there is not', 'name: A\nexpect:\n  outcome: happy', 'expect.outcome (line 3)'],
    ['no expectation', 'name: A', 'expect'],
    ['an empty expectation', 'name: A\nexpect: {}', 'must expect something'],
    [
      'a destination that is no number',
      'name: A\ndestinations: { "416": busy }\nexpect: { rung: [] }',
      'destinations.416 (line 2)',
    ],
    [
      'a step that there is not',
      'name: A\nsteps:\n  - shout: Hey\nexpect: { rung: [] }',
      'steps[0] (line 3)',
    ],
    ['a caller without quotes', 'name: A\nfrom: +14165559999\nexpect: { rung: [] }', 'from (line 2)'],
    ['a key press without quotes', 'name: A\nsteps: [{ press: 0 }]\nexpect: { rung: [] }', 'steps[0]'],
    [
      'a server on plain http',
      'name: A\nwebhooks: { "http://a.example": {} }\nexpect: { rung: [] }',
      'webhooks',
    ],
    [
      'steps after a question that no call follows',
      'name: A\nrouter: { body: {} }\nsteps: [{ say: Hey }]\nexpect: { rung: [] }',
      'thenCalls',
    ],
    [
      'a call after a question that is not the last',
      'name: A\nrouter: [{ body: {}, thenCalls: true }, { body: {} }]\nexpect: { rung: [] }',
      'only the last question',
    ],
    ['two names', 'name: A\nname: B\nexpect: { rung: [] }', 'name (line 2)'],
    ['broken YAML', 'name: [', 'line'],
    ['a desk file', 'patchbay: 1\nworkflows: []', 'no rehearsal call'],
    ['plain words', 'Hello', 'no rehearsal call'],
    ['nothing', '', 'no rehearsal call'],
  ])('refuses %s and says where', (_what, yaml, where) => {
    expect(problemsOf(yaml).join('\n')).toContain(where);
  });

  it('answers any text with a call or a ScriptError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => stringify(value)),
        ),
        (text) => {
          expect(() => problemsOf(text)).not.toThrow();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the sample calls', () => {
  const folder = join(import.meta.dirname, '../../resources/rehearsal');
  const files = readdirSync(join(folder, 'calls'));
  const scripts = files.map((file) => readScript(readFileSync(join(folder, 'calls', file), 'utf8')));

  it('are calls with names of their own, on desks that can be applied', () => {
    expect(scripts.length).toBeGreaterThanOrEqual(24);
    expect(new Set(scripts.map(({ name }) => name)).size).toBe(scripts.length);
    for (const { desk } of scripts) if (desk) expect(() => parseDeskFile(stringify(desk))).not.toThrow();
  });

  it('end in every way that a call can end, but for the one that takes a day', () => {
    const ends = new Set(scripts.map(({ expect: { outcome } }) => outcome));
    expect(callOutcomes.filter((outcome) => !ends.has(outcome))).toEqual(['lost']);
  });

  it('show every way of deciding and everything that asks for a human', () => {
    const vias = new Set(scripts.map(({ expect: { decided } }) => decided?.via));
    expect(['static', 'rule', 'webhook', 'fallback'].filter((via) => !vias.has(via as 'static'))).toEqual([]);
    const causes = new Set(scripts.map(({ expect: { cause } }) => cause));
    expect(transferCauses.filter((cause) => !causes.has(cause))).toEqual([]);
  });

  it('come with a practice desk that is in force as it stands', () => {
    expect(parseDeskFile(readFileSync(join(folder, 'practice-desk.yaml'), 'utf8')).warnings).toEqual([]);
  });
});
