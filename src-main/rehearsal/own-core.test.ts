import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runInOwnCore } from './own-core.ts';
import { reportOf } from './report.ts';
import { openApiCheck } from './rest/test-support/openapi-check.ts';
import { resultOf } from './run-script.ts';
import { readScript } from './script.ts';
import { silentLogger } from './test-fixtures/fake-patchbay.ts';

const scriptsDir = join(import.meta.dirname, '../../resources/rehearsal');
const sample = (file: string): string => readFileSync(join(scriptsDir, 'calls', file), 'utf8');
const check = openApiCheck();
afterEach(() => check?.throwIfViolated());

const rehearse = (yaml: string) =>
  runInOwnCore(readScript(yaml), {
    scriptsDir,
    speed: 60,
    logger: silentLogger,
    env: {},
    signal: new AbortController().signal,
    check,
  });
/** Temporary files of this test alone, whatever else rehearses on this machine. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-own-core-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('runInOwnCore', () => {
  it.each([
    'asks-for-a-person.yaml',
    'webhook-too-late.yaml',
    'text-before-hand-over.yaml',
    'router-rule.yaml',
    'all-at-once-nobody.yaml',
    'screen-caller-hangs-up.yaml',
    'warm-passes-it-on.yaml',
    'warm-delivered-twice.yaml',
    'warm-refused.yaml',
    'hand-over-two-awaited.yaml',
    'hand-over-late.yaml',
  ])('places %s and finds what it expects', async (file) => {
    expect(resultOf(await rehearse(sample(file))).problems).toEqual([]);
  });

  it('judges keys, briefings, bounds, offers and decisions', async () => {
    const wrong = sample('screen-passes-it-on.yaml')
      .replace('screened: [pass, take]', 'screened: [take]')
      .replace('briefing: A call from 4 1 6', 'briefing: A call from nobody')
      .replace('relays: 1', 'offered: [voicemail]\n  decisions: 2\n  voicemailKept: true')
      .replace('results: [no-answer, answered]', 'decided: { atMostSeconds: 5 }');
    const run = await rehearse(wrong);
    expect(run.unmet.map(({ what, came }) => [what, came])).toEqual([
      ['decided at most after', '150'],
      ['decisions', '1'],
      ['screened', 'pass, take'],
      ['briefing', expect.stringContaining('A call from 4 1 6')],
      ['offered', 'nothing'],
      ['voicemail kept', 'false'],
    ]);
  });

  it('says what was expected and what came', async () => {
    const wrong = sample('asks-for-a-person.yaml')
      .replace('outcome: human-on-the-line', 'outcome: message-taken')
      .replace('rung: ["+14165551234"]', 'rung: ["+14165550002"]');
    const run = await rehearse(wrong);
    expect(run.unmet).toContainEqual({
      what: 'outcome',
      expected: 'message-taken',
      came: 'human-on-the-line',
    });
    expect(run.unmet).toContainEqual({ what: 'rung', expected: '+14165550002', came: '+14165551234' });
    const lines = reportOf(run, { verbose: true }).join('\n');
    expect(lines).toContain('expected message-taken');
    expect(lines).toContain('came     human-on-the-line');
    expect(lines).toContain('POST /twilio/voice: 200');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a desk that can’t be applied', async () => {
    await expect(rehearse('name: A\ndesk: { patchbay: 2 }\nexpect: { rung: [] }')).rejects.toThrow(
      'patchbay',
    );
  });
});
