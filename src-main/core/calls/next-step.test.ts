import { describe, expect, it } from 'vitest';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { openCall } from '../test-support/sample-call.ts';
import { afterDial, afterRelay, maxDials, nextDestination, outcomeOf } from './next-step.ts';

const base = openCall({
  relay: { token: 't', purpose: 'conversation', sessionId: 's', over: true, messageTaken: false },
});
const asked = { cause: 'model', reason: 'Asked', summary: '', at: 1 } as const;
const decisionTo = (...destinations: string[]) => ({
  integrationId: 'desk',
  destinations,
  via: 'rule' as const,
  why: '',
  tookMs: 0,
});
const rang = (destination: string, status: CallView['rung'][number]['status']) => ({
  destination,
  status,
  startedAt: 1,
  endedAt: 2,
});
const goesOn = { errorCode: undefined, callOver: false, aiIsThere: true };
const dropped = { errorCode: '64105', callOver: false, aiIsThere: true };

describe('what follows a relay session', () => {
  it('dials when a transfer was decided, even if the connection dropped at that moment', () => {
    const call = { ...base, transfer: asked, decision: decisionTo('+14165550001') };
    expect(afterRelay(call, goesOn)).toEqual({ kind: 'dial', destination: '+14165550001' });
    expect(afterRelay(call, dropped)).toEqual({ kind: 'dial', destination: '+14165550001' });
  });

  it('resumes a dropped session twice, then gets a human', () => {
    expect(afterRelay(base, dropped)).toEqual({ kind: 'relay', purpose: 'resumed' });
    expect(afterRelay({ ...base, relaysOffered: 2 }, dropped)).toEqual({ kind: 'relay', purpose: 'resumed' });
    expect(afterRelay({ ...base, relaysOffered: 3 }, dropped)).toEqual({ kind: 'human' });
  });

  it('gets a human when the session fails in any other way', () => {
    expect(afterRelay(base, { errorCode: '64102', callOver: false, aiIsThere: true })).toEqual({
      kind: 'human',
    });
    expect(afterRelay(base, goesOn)).toEqual({ kind: 'human' });
  });

  it('hangs up when the AI ended the call or the caller is gone', () => {
    expect(afterRelay({ ...base, endedByAi: true }, goesOn)).toEqual({
      kind: 'hang-up',
      outcome: 'finished',
    });
    expect(afterRelay(base, { errorCode: undefined, callOver: true, aiIsThere: true })).toEqual({
      kind: 'hang-up',
      outcome: 'caller-hung-up',
    });
  });

  it('turns to voicemail when the AI can’t take the message', () => {
    const relay = {
      token: 't',
      purpose: 'message' as const,
      sessionId: 's',
      over: true,
      messageTaken: false,
    };
    const call: CallView = { ...base, phase: 'taking-message', relay };
    expect(afterRelay({ ...call, modelFailed: 'silent' }, goesOn)).toEqual({ kind: 'voicemail' });
    expect(afterRelay({ ...call, relay: { ...relay, messageTaken: true } }, dropped)).toMatchObject({
      kind: 'hang-up',
    });
    // A message from before the hand-over is not the one that is being taken now.
    expect(afterRelay({ ...call, message: { text: 'Earlier' } }, dropped)).toEqual({
      kind: 'relay',
      purpose: 'message',
    });
  });

  it('rings a human when the workflow has left the desk', () => {
    expect(afterRelay(base, { ...dropped, aiIsThere: false })).toEqual({ kind: 'human' });
    expect(afterDial({ ...base, rung: [rang('+14165551234', 'busy')] }, 'busy', false)).toEqual({
      kind: 'voicemail',
    });
  });

  it('decides again when a stop came between request and decision', () => {
    expect(afterRelay({ ...base, transfer: asked }, dropped)).toEqual({ kind: 'human' });
  });
});

describe('what follows a dial', () => {
  const call = {
    ...base,
    transfer: asked,
    decision: decisionTo('+14165550001'),
    rung: [rang('+14165550001', 'no-answer')],
  };

  it('ends the call after a human answered', () => {
    expect(afterDial(call, 'answered', true)).toEqual({
      kind: 'hang-up',
      outcome: 'human-on-the-line',
    });
  });

  it('takes a message when nobody answered, and rings the decision’s next destination first', () => {
    expect(afterDial(call, 'no-answer', true)).toEqual({ kind: 'relay', purpose: 'message' });
    expect(afterDial(call, 'busy', true)).toEqual({ kind: 'relay', purpose: 'message' });
    const two = { ...call, decision: decisionTo('+14165550001', '+14165551234') };
    expect(afterDial(two, 'no-answer', true)).toEqual({ kind: 'dial', destination: '+14165551234' });
  });

  it('rings the static number when the destination could not be dialled, once', () => {
    expect(afterDial(call, 'failed', true)).toEqual({ kind: 'dial', destination: '+14165551234' });
    const both = { ...call, rung: [rang('+14165550001', 'failed'), rang('+14165551234', 'failed')] };
    expect(afterDial(both, 'failed', true)).toEqual({ kind: 'relay', purpose: 'message' });
  });

  it('records a voicemail when the AI of this call failed', () => {
    expect(afterDial({ ...call, modelFailed: 'no first word' }, 'busy', true)).toEqual({
      kind: 'voicemail',
    });
  });

  it('never dials more often than the limit', () => {
    const many = ['+14165550001', '+14165550002', '+14165550003', '+14165550004', '+14165550005'];
    const rung = many.slice(0, maxDials).map((number) => rang(number, 'no-answer'));
    expect(nextDestination({ ...call, decision: decisionTo(...many), rung })).toBeUndefined();
  });
});

describe('how a call ended', () => {
  it('says the best that happened to the caller', () => {
    expect(outcomeOf({ ...base, rung: [rang('+14165551234', 'answered')], message: { text: 'x' } })).toBe(
      'human-on-the-line',
    );
    expect(outcomeOf({ ...base, rung: [rang('+14165551234', 'busy')], message: { text: 'x' } })).toBe(
      'message-taken',
    );
    expect(outcomeOf({ ...base, rung: [rang('+14165551234', 'busy')] })).toBe('not-reached');
    expect(outcomeOf({ ...base, rung: [rang('+14165551234', 'canceled')] })).toBe('caller-hung-up');
    expect(outcomeOf({ ...base, endedByAi: true })).toBe('finished');
  });
});
