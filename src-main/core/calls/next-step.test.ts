import { describe, expect, it } from 'vitest';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { openCall, rungPhone } from '../test-support/sample-call.ts';
import { afterDial, afterRelay, afterRounds, outcomeOf, type Standing } from './next-step.ts';
import { maxDials } from './ring-plan.ts';

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
const rang = (destination: string, status: CallView['rung'][number]['status'], dial = 1) =>
  rungPhone({ destination, dial, status });
const goesOn = { errorCode: undefined, callOver: false };
const dropped = { errorCode: '64105', callOver: false };
const standing = (changes: Partial<Omit<Standing, 'rules'>> = {}): Standing => ({
  aiIsThere: true,
  noAnswer: ['next', 'message'],
  ...changes,
  rules: {
    seconds: 20,
    screen: false,
    briefing: false,
    rungNext: (changes.noAnswer ?? ['next']).includes('next'),
    staticNumber: '+14165551234',
    isForbidden: () => false,
    warm: false,
    secondsFor: (_, seconds) => seconds,
  },
});
const there = standing();
const gone = standing({ aiIsThere: false });
const dials = (...destinations: string[]) => ({ kind: 'dial', round: { destinations, seconds: 20 } });

describe('what follows a relay session', () => {
  it('dials when a transfer was decided, even if the connection dropped at that moment', () => {
    const call = { ...base, transfer: asked, decision: decisionTo('+14165550001') };
    expect(afterRelay(call, goesOn, there)).toEqual(dials('+14165550001'));
    expect(afterRelay(call, dropped, there)).toEqual(dials('+14165550001'));
  });

  it('resumes a dropped session twice, then gets a human', () => {
    expect(afterRelay(base, dropped, there)).toEqual({ kind: 'relay', purpose: 'resumed' });
    expect(afterRelay({ ...base, relaysOffered: 2 }, dropped, there)).toEqual({
      kind: 'relay',
      purpose: 'resumed',
    });
    expect(afterRelay({ ...base, relaysOffered: 3 }, dropped, there)).toEqual({ kind: 'human' });
  });

  it('gets a human when the session fails in any other way', () => {
    expect(afterRelay(base, { errorCode: '64102', callOver: false }, there)).toEqual({
      kind: 'human',
    });
    expect(afterRelay(base, goesOn, there)).toEqual({ kind: 'human' });
  });

  it('hangs up when the AI ended the call or the caller is gone', () => {
    expect(afterRelay({ ...base, endedByAi: true }, goesOn, there)).toEqual({
      kind: 'hang-up',
      outcome: 'finished',
    });
    expect(afterRelay(base, { errorCode: undefined, callOver: true }, there)).toEqual({
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
    expect(afterRelay({ ...call, modelFailed: 'silent' }, goesOn, there)).toEqual({ kind: 'voicemail' });
    expect(afterRelay({ ...call, relay: { ...relay, messageTaken: true } }, dropped, there)).toMatchObject({
      kind: 'hang-up',
    });
    // A message from before the hand-over is not the one that is being taken now.
    expect(afterRelay({ ...call, message: { text: 'Earlier' } }, dropped, there)).toEqual({
      kind: 'relay',
      purpose: 'message',
    });
  });

  it('rings a human when the workflow has left the desk', () => {
    expect(afterRelay(base, dropped, gone)).toEqual({ kind: 'human' });
    expect(afterDial({ ...base, rung: [rang('+14165551234', 'busy')] }, 'busy', gone)).toEqual({
      kind: 'voicemail',
    });
  });

  it('decides again when a stop came between request and decision', () => {
    expect(afterRelay({ ...base, transfer: asked }, dropped, there)).toEqual({ kind: 'human' });
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
    expect(afterDial(call, 'answered', there)).toEqual({
      kind: 'hang-up',
      outcome: 'human-on-the-line',
    });
  });

  it('takes a message when nobody answered, and rings the decision’s next destination first', () => {
    expect(afterDial(call, 'no-answer', there)).toEqual({ kind: 'relay', purpose: 'message' });
    expect(afterDial(call, 'busy', there)).toEqual({ kind: 'relay', purpose: 'message' });
    const two = { ...call, decision: decisionTo('+14165550001', '+14165551234') };
    expect(afterDial(two, 'no-answer', there)).toEqual(dials('+14165551234'));
  });

  it('rings the static number when the destination could not be dialled, once', () => {
    const failed = { ...call, rung: [rang('+14165550001', 'failed')] };
    expect(afterDial(failed, 'failed', there)).toEqual(dials('+14165551234'));
    const both = { ...call, rung: [rang('+14165550001', 'failed'), rang('+14165551234', 'failed', 2)] };
    expect(afterDial(both, 'failed', there)).toEqual({ kind: 'relay', purpose: 'message' });
  });

  it('records a voicemail when the AI of this call failed', () => {
    expect(afterDial({ ...call, modelFailed: 'no first word' }, 'busy', there)).toEqual({
      kind: 'voicemail',
    });
  });

  it('never dials more often than the limit', () => {
    const many = ['+14165550001', '+14165550002', '+14165550003', '+14165550004', '+14165550005'];
    const rung = many.slice(0, maxDials).map((number, index) => rang(number, 'no-answer', index + 1));
    const rungOften = { ...call, decision: decisionTo(...many), rung };
    expect(afterDial(rungOften, 'no-answer', there)).toEqual({ kind: 'relay', purpose: 'message' });
  });

  it('takes a message at once when the human pressed 3, also where the plan has none', () => {
    const pressed3 = { ...rang('+14165550001', 'no-answer'), choice: 'message' as const };
    const two = { ...call, decision: decisionTo('+14165550001', '+14165551234'), rung: [pressed3] };
    for (const each of [there, standing({ noAnswer: ['next', 'voicemail'] })]) {
      expect(afterDial(two, 'no-answer', each)).toEqual({ kind: 'relay', purpose: 'message' });
    }
    expect(afterDial({ ...two, modelFailed: 'silent' }, 'no-answer', there)).toEqual({ kind: 'voicemail' });
  });
});

describe('what a caller is offered whom nobody took', () => {
  const call: CallView = { ...base, transfer: asked, decision: decisionTo('+14165550001') };
  const steps = (...noAnswer: Standing['noAnswer']) => standing({ noAnswer });

  it('is the steps in their order, each once', () => {
    const three = steps('next', 'text', 'voicemail', 'message');
    expect(afterRounds(call, three)).toEqual({ kind: 'text' });
    expect(afterRounds({ ...call, offered: ['text'] }, three)).toEqual({ kind: 'voicemail' });
    expect(afterRounds({ ...call, offered: ['text', 'voicemail'] }, three)).toEqual({
      kind: 'relay',
      purpose: 'message',
    });
    expect(afterRounds({ ...call, offered: ['text', 'voicemail', 'message'] }, three)).toEqual({
      kind: 'good-bye',
    });
  });

  it('is one voicemail, not two, when the AI can’t take the message', () => {
    const failed = { ...call, modelFailed: 'silent' };
    expect(afterRounds(failed, steps('message', 'voicemail'))).toEqual({ kind: 'voicemail' });
    expect(afterRounds({ ...failed, offered: ['voicemail'] }, steps('message', 'voicemail'))).toEqual({
      kind: 'good-bye',
    });
  });

  it('is a good-bye, not silence, when no step is left', () => {
    expect(afterRounds(call, steps('next'))).toEqual({ kind: 'good-bye' });
  });

  it('goes on with a text after the message where the text stands behind it', () => {
    const relay = {
      token: 't',
      purpose: 'message' as const,
      sessionId: 's',
      over: true,
      messageTaken: true,
    };
    const taken: CallView = { ...call, phase: 'taking-message', relay, offered: ['message'] };
    expect(afterRelay(taken, goesOn, steps('message', 'text'))).toEqual({ kind: 'text' });
    expect(
      afterRelay({ ...taken, offered: ['text', 'message'] }, goesOn, steps('text', 'message')),
    ).toMatchObject({ kind: 'hang-up' });
    expect(afterRelay(taken, goesOn, steps('text', 'message'))).toMatchObject({ kind: 'hang-up' });
  });

  it('is another person, when the caller asks for one while a message is being taken', () => {
    const relay = {
      token: 't',
      purpose: 'message' as const,
      sessionId: 's',
      over: true,
      messageTaken: false,
    };
    const again: CallView = {
      ...call,
      phase: 'transferring',
      relay,
      rung: [rang('+14165550002', 'no-answer')],
      dialsBefore: 1,
    };
    expect(afterRelay(again, goesOn, there)).toEqual(dials('+14165550001'));
    expect(afterRelay({ ...again, decision: null }, goesOn, there)).toEqual({ kind: 'human' });
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
