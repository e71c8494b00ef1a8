import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CallEvent,
  type CallFact,
  type CallView,
  callFactSchema,
  callViewSchema,
} from '../../../src-preload/contract/calls.ts';
import { received } from '../test-support/sample-call.ts';
import { rebuildCall, reduceCall } from './call-state.ts';

const decided: CallFact = {
  type: 'transfer.decided',
  decision: {
    integrationId: 'desk',
    destinations: ['+14165551234'],
    via: 'static',
    why: 'No rules.',
    tookMs: 1,
  },
};
const asked: CallFact = { type: 'transfer.requested', cause: 'model', reason: 'Asked', summary: 'Leak' };
const ringing: CallFact = {
  type: 'dial.started',
  destination: '+14165551234',
  callerId: '+14165550199',
  ringSeconds: 20,
};

function callOf(...facts: CallFact[]): CallView {
  const events = [received, ...facts].map(
    (fact, index): CallEvent => ({ callId: 'c', seq: index + 1, at: 1000 + index, fact }),
  );
  const call = rebuildCall(events);
  if (call === null) throw new Error('no call');
  return call;
}

describe('the state of a call', () => {
  it('knows of a caller whom another platform handed over', () => {
    const handedOver = {
      transferId: 7,
      integrationId: 'desk',
      dialect: 'vapi' as const,
      platform: 'Vapi',
      matchedBy: 'caller' as const,
      called: null,
      fields: {},
    };
    expect(callOf().handedOver).toBeNull();
    const call = callOf({ type: 'handed-over', ...handedOver });
    expect(call.handedOver).toEqual(handedOver);
    expect(callViewSchema.parse(call)).toEqual(call);
  });

  it('begins with the fact that it was received', () => {
    expect(callOf()).toMatchObject({ phase: 'talking', from: '+14165557777', startedAt: 1000, lastSeq: 1 });
    expect(() => reduceCall(null, { callId: 'c', seq: 1, at: 0, fact: asked })).toThrow(
      'instead of "received"',
    );
  });

  it('goes from talking over ringing to a human on the line', () => {
    expect(callOf(asked).phase).toBe('transferring');
    expect(callOf(asked, decided, ringing)).toMatchObject({
      phase: 'ringing',
      rung: [{ status: 'ringing', endedAt: null }],
    });
    const leg: CallFact = {
      type: 'leg.changed',
      destination: '+14165551234',
      legSid: 'CA2',
      status: 'in-progress',
    };
    expect(callOf(asked, decided, ringing, leg)).toMatchObject({
      phase: 'connected',
      rung: [{ status: 'in-progress' }],
    });
    const dialled: CallFact = { type: 'dial.ended', destination: '+14165551234', result: 'answered' };
    expect(callOf(asked, decided, ringing, dialled)).toMatchObject({
      phase: 'connected',
      rung: [{ status: 'answered' }],
    });
  });

  it('does not go back when statuses of a leg arrive late', () => {
    const leg = (status: string): CallFact => ({
      type: 'leg.changed',
      destination: '+14165551234',
      legSid: 'CA2',
      status,
    });
    const call = callOf(asked, decided, ringing, leg('in-progress'), leg('ringing'), leg('initiated'));
    expect(call).toMatchObject({ phase: 'connected', rung: [{ status: 'in-progress' }] });
    const over = callOf(
      asked,
      decided,
      ringing,
      { type: 'dial.ended', destination: '+14165551234', result: 'busy' },
      leg('in-progress'),
    );
    expect(over.rung).toMatchObject([{ status: 'busy' }]);
  });

  it('waits in a conference until a human joins, in whatever order Twilio tells of the phones', () => {
    const ann = '+14165551234';
    const bob = '+14165550002';
    const warm: CallFact = { ...ringing, together: [ann, bob], warm: true };
    const leg = (destination: string, status: string): CallFact => {
      return { type: 'leg.changed', destination, dial: 1, legSid: `CA${destination}`, status };
    };
    const started = [asked, decided, warm, { type: 'caller.waits', dial: 1, seconds: 60 }] as CallFact[];
    const beginnings = ['initiated', 'ringing', 'in-progress'].map((status) => leg(ann, status));
    const ends = ['initiated', 'ringing', 'busy'].map((status) => leg(bob, status));
    const twice = [...beginnings, ...beginnings, ...ends, ...ends];
    const joined: CallFact = { type: 'leg.joined', destination: ann, dial: 1 };
    fc.assert(
      fc.property(
        fc.shuffledSubarray(twice, { minLength: twice.length }),
        fc.integer({ min: 0, max: 12 }),
        (told, at) => {
          const waiting = callOf(...started, ...told);
          expect(waiting).toMatchObject({ phase: 'ringing', waiting: { dial: 1, seconds: 60 } });
          expect(waiting.rung).toMatchObject([{ status: 'screening' }, { status: 'busy' }]);
          const talking = callOf(...started, ...told.slice(0, at), joined, ...told.slice(at));
          expect(talking).toMatchObject({ phase: 'connected', rung: [{ status: 'in-progress' }, {}] });
          // The end of the human's leg says nothing that the end of the dial does not say better.
          const over = callOf(...started, joined, leg(ann, 'completed'), ...told);
          expect(over.rung[0]).toMatchObject({ status: 'in-progress', endedAt: null });
        },
      ),
    );
    const gone = callOf(...started, ...beginnings, leg(ann, 'completed'));
    expect(gone.rung[0]).toMatchObject({ status: 'no-answer' });
    const cold = callOf(asked, decided, warm, { type: 'warm.failed', dial: 1, problem: 'x', callerId: ann });
    expect(cold).toMatchObject({
      waiting: null,
      rung: [{ warm: false, status: 'ringing' }, { warm: false }],
    });
  });

  it('asks a human for a key before the caller is through', () => {
    const screened: CallFact = { ...ringing, screen: true };
    const about = { destination: '+14165551234', dial: 1 };
    const leg: CallFact = { type: 'leg.changed', ...about, legSid: 'CA2', status: 'in-progress' };
    const picked = callOf(asked, decided, screened, leg);
    expect(picked).toMatchObject({ phase: 'ringing', rung: [{ status: 'screening', legSid: 'CA2' }] });
    const answered = (choice: 'take' | 'pass'): CallFact => ({ type: 'screen.answered', ...about, choice });
    const took = callOf(
      asked,
      decided,
      screened,
      { type: 'screen.asked', ...about, text: 'Ann' },
      answered('take'),
    );
    expect(took).toMatchObject({ phase: 'connected', rung: [{ status: 'in-progress', choice: 'take' }] });
    const passed = callOf(asked, decided, screened, leg, answered('pass'));
    expect(passed).toMatchObject({
      phase: 'ringing',
      rung: [{ status: 'no-answer', choice: 'pass', endedAt: 1005 }],
    });
    const late: CallFact = { type: 'screen.answered', ...about, choice: 'take', late: true };
    expect(callOf(asked, decided, screened, leg, late).rung).toMatchObject([{ choice: null }]);
  });

  it('settles every phone of a dial of several, whatever Twilio tells of each', () => {
    const other = '+14165550002';
    const both: CallFact = { ...ringing, together: ['+14165551234', other] };
    const busy: CallFact = {
      type: 'leg.changed',
      destination: other,
      dial: 1,
      legSid: 'CA3',
      status: 'busy',
    };
    const ended = (result: 'answered' | 'no-answer'): CallFact => ({
      type: 'dial.ended',
      destination: '+14165551234',
      dial: 1,
      result,
    });
    expect(callOf(asked, decided, both, ended('answered')).rung.map(({ status }) => status)).toEqual([
      'answered',
      'canceled',
    ]);
    expect(callOf(asked, decided, both, busy, ended('no-answer')).rung.map(({ status }) => status)).toEqual([
      'no-answer',
      'busy',
    ]);
    expect(callOf(asked, decided, both, { type: 'ended', outcome: 'caller-hung-up' }).rung).toMatchObject([
      { dial: 1, status: 'canceled' },
      { dial: 1, status: 'canceled' },
    ]);
  });

  it('counts dials before the latest decision, and forgets what an earlier request led to', () => {
    const noAnswer: CallFact = { type: 'dial.ended', destination: '+14165551234', result: 'no-answer' };
    const offered: CallFact = { type: 'nobody.answered', offer: 'message' };
    const briefed: CallFact = { type: 'briefing.ready', text: 'A leak.', by: 'model' };
    const once = callOf(asked, briefed, decided, ringing, noAnswer, offered);
    expect(once).toMatchObject({ dialsBefore: 0, offered: ['message'], briefing: { text: 'A leak.' } });
    const again = callOf(asked, briefed, decided, ringing, noAnswer, offered, asked);
    expect(again).toMatchObject({ phase: 'transferring', decision: null, briefing: null });
    expect(callOf(asked, decided, ringing, noAnswer, offered, asked, decided)).toMatchObject({
      dialsBefore: 1,
      offered: [],
    });
  });

  it('cuts what the AI said to what was heard', () => {
    const said: CallFact = { type: 'ai.said', text: 'We are open from nine to five.' };
    const cut = callOf(said, { type: 'ai.interrupted', heard: 'We are open', afterMs: 900 });
    expect(cut.transcript).toMatchObject([{ who: 'ai', text: 'We are open', interrupted: true }]);
    const unheard = callOf(
      said,
      { type: 'caller.said', text: 'Stop' },
      { type: 'ai.interrupted', heard: '', afterMs: 0 },
    );
    expect(unheard.transcript).toMatchObject([{ who: 'caller', text: 'Stop' }]);
  });

  it('stays ended', () => {
    const ended: CallFact = { type: 'ended', outcome: 'caller-hung-up' };
    const call = callOf(ended, asked, ringing, { type: 'ended', outcome: 'lost' });
    expect(call).toMatchObject({ phase: 'ended', outcome: 'caller-hung-up', endedAt: 1001 });
  });

  it('is a valid view after any facts in any order, and the same for the same facts', () => {
    const text = fc.string({ maxLength: 20 });
    const number = fc.constantFrom('+14165551234', '+14165550002');
    const fact = fc.oneof(
      fc.constantFrom<CallFact>(asked, decided, ringing, { type: 'relay.ended', sessionStatus: 'ended' }),
      fc.record({ type: fc.constant('ai.said' as const), text }),
      fc.record({ type: fc.constant('caller.said' as const), text }),
      fc.record({ type: fc.constant('ai.interrupted' as const), heard: text, afterMs: fc.nat() }),
      fc.record({
        type: fc.constant('relay.offered' as const),
        token: text,
        purpose: fc.constantFrom('conversation' as const, 'message' as const),
      }),
      fc.record({
        type: fc.constant('leg.changed' as const),
        destination: number,
        legSid: text,
        status: fc.constantFrom('in-progress', 'ringing', 'x'),
      }),
      fc.record({
        type: fc.constant('dial.ended' as const),
        destination: number,
        result: fc.constantFrom('busy' as const, 'answered' as const),
      }),
      fc.record({
        type: fc.constant('ended' as const),
        outcome: fc.constantFrom('lost' as const, 'finished' as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 30 }), (facts) => {
        for (const one of facts) callFactSchema.parse(one);
        const call = callOf(...facts);
        expect(callViewSchema.parse(call)).toEqual(call);
        expect(call.lastSeq).toBe(facts.length + 1);
        expect(callOf(...facts)).toEqual(call);
      }),
    );
  });
});
