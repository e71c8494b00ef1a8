import { expect, it, vi } from 'vitest';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { TwilioRequestError } from '../errors.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { whyItFailed } from './test-call.ts';

/** @param answers to the questions about a failed call, in turn: its notes, then the alerts, then again */
function deps(answers: readonly unknown[]) {
  const waiting = [...answers];
  const ask = vi.fn(async () => {
    const answer = waiting.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? [];
  });
  const pacing = { pollEveryMs: 1, patienceMs: 1, wait: vi.fn(async () => {}) };
  const twilio = { ask } as unknown as TwilioRest;
  return { twilio, clock: handClock(0), logger: rememberingLogger(), pacing };
}

it('waits a moment for the code of a failed call, which Twilio notes after the call', async () => {
  const beside = deps([[], [], [{ errorCode: '0' }, { errorCode: '13225' }]]);
  expect(await whyItFailed(beside, 'CA1')).toMatchObject({ code: 13225 });
  const inTheDebugger = deps([
    [],
    [],
    [],
    [
      { resourceSid: 'CA2', errorCode: '11200' },
      { resourceSid: 'CA1', errorCode: '13227' },
    ],
  ]);
  expect(await whyItFailed(inTheDebugger, 'CA1')).toMatchObject({ code: 13227 });
});

it('does without the code where Twilio notes none, or can’t be asked', async () => {
  const never = deps([]);
  expect(await whyItFailed(never, 'CA1')).toBeNull();
  expect(never.pacing.wait).toHaveBeenCalledTimes(2);
  const gone = deps([new TwilioRequestError('ECONNRESET', { retryable: true })]);
  expect(await whyItFailed(gone, 'CA1')).toBeNull();
  expect(gone.logger.lines).toHaveLength(1);
});
