import { describe, expect, it } from 'vitest';
import type { TestCallOutcome } from '../../../src-preload/contract/destination-test.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { type CallSighting, callCheck, judgeCall } from './judge-call.ts';

const seen: CallSighting = {
  status: 'completed',
  answeredBy: null,
  keyPressed: false,
  keyAudible: true,
  rangForSeconds: 6,
  problem: null,
};
const blocked: Problem = { code: 13225, status: null, says: 'Blocked.', remedy: 'Ask Twilio.', link: null };

describe('what a test call showed', () => {
  it.each<[Partial<CallSighting>, TestCallOutcome, string]>([
    [{ keyPressed: true }, 'person', 'A person picked up after 6 s and pressed a key.'],
    [{ keyPressed: true, answeredBy: 'machine_start' }, 'person', 'pressed a key'],
    [{ keyPressed: true, status: 'ringing' }, 'person', 'pressed a key'],
    [{ keyPressed: true, rangForSeconds: null }, 'person', 'A person picked up and pressed a key.'],
    [{ answeredBy: 'machine_start', rangForSeconds: 18 }, 'voicemail', 'voicemail picked up after 18 s'],
    [{ answeredBy: 'machine_end_beep' }, 'voicemail', 'at once'],
    [{ answeredBy: 'machine_start', rangForSeconds: null }, 'voicemail', 'A voicemail picked up.'],
    [{ answeredBy: 'fax' }, 'voicemail', 'fax machine'],
    [{ answeredBy: 'machine_start', status: 'in-progress' }, 'voicemail', 'voicemail'],
    [{ answeredBy: 'human' }, 'unconfirmed', 'Somebody picked up after 6 s; no key was pressed.'],
    [{ answeredBy: 'unknown' }, 'unconfirmed', 'Somebody, or a voicemail,'],
    [{ answeredBy: 'human', keyAudible: false }, 'unconfirmed', 'no public address yet'],
    [{ status: 'in-progress' }, 'unconfirmed', 'no key was pressed'],
    [{ status: 'busy' }, 'nobody', 'busy'],
    [{ status: 'no-answer' }, 'nobody', 'nobody picked up'],
    [{ status: 'canceled' }, 'nobody', 'cancelled'],
    [{ status: 'ringing' }, 'nobody', 'time for the test was over'],
    [{ status: 'a-status-of-tomorrow' }, 'nobody', 'time for the test was over'],
    [{ status: 'failed', problem: blocked }, 'failed', 'Blocked.'],
    [{ status: 'failed' }, 'failed', 'gave no reason'],
  ])('%o → %s', (part, outcome, says) => {
    const call = judgeCall({ ...seen, ...part });
    expect(call.outcome).toBe(outcome);
    expect(call.says).toContain(says);
    expect(call.problem === null).toBe(outcome !== 'failed');
    if (outcome === 'nobody' || outcome === 'failed') expect(call.pickedUpAfterSeconds).toBeNull();
  });
});

describe('the check that a call is', () => {
  it.each([
    [{ keyPressed: true }, 'ok'],
    [{ answeredBy: 'machine_start' }, 'warning'],
    [{ answeredBy: 'human' }, 'warning'],
    [{ status: 'busy' }, 'warning'],
    [{ status: 'failed', problem: blocked }, 'broken'],
  ] as const)('%o: %s', (part, verdict) => {
    const check = callCheck(judgeCall({ ...seen, ...part }));
    expect(check).toMatchObject({ id: 'call', verdict });
    expect(check.remedy === null).toBe(verdict === 'ok');
  });

  it('is unknown until one was made', () => {
    expect(callCheck(null).verdict).toBe('unknown');
  });
});
