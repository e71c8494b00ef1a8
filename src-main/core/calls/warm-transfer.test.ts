import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { openCall } from '../test-support/sample-call.ts';
import { legOf, refusal, TwilioCalls } from '../test-support/twilio-calls.ts';
import { callLinks } from '../webhooks/links.ts';
import { CallDesk } from './call-desk.ts';
import type { CallLog } from './call-log.ts';
import { reduceCall } from './call-state.ts';
import { WarmTransfer } from './warm-transfer.ts';

const ann = '+14165550001';
const bob = '+14165550002';
const phone = { dial: 1, leg: 1, warm: true };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** One open call whose first dial is warm, and Twilio in the test's hands. */
function warmCall(...destinations: string[]) {
  const facts: CallFact[] = [];
  let call: CallView = openCall();
  const append = async (_callId: string, ...added: CallFact[]) => {
    for (const fact of added) {
      facts.push(fact);
      call = reduceCall(call, { callId: call.id, seq: call.lastSeq + 1, at: Date.now(), fact });
    }
    return 'durable' as const;
  };
  const view = () => (call.phase === 'ended' ? undefined : call);
  const log = { append, view, find: () => call, openCalls: () => [call] } as unknown as CallLog;
  const calls = new TwilioCalls();
  const left: string[] = [];
  const numbers = { isOwnNumber: () => false, ringSecondsFor: (_: string, seconds: number) => seconds };
  const desk = new CallDesk(() => compileDesk(deskSchema.parse({ patchbay: 1 })), numbers);
  const warm = new WarmTransfer({
    log,
    desk,
    links: callLinks(() => 'https://patchbay.example'),
    twilio: calls.rest,
    callerLeft: (sid) => left.push(sid),
    hasLeft: () => left.length > 0,
    clock: { now: () => Date.now() },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    pacing: { placing: 20, leading: 20, entering: 1_000, reporting: 5_000, backOff: () => 3_000 },
  });
  return {
    warm,
    calls,
    left,
    append,
    facts,
    call: () => call,
    async ring() {
      const [destination = ''] = destinations;
      const together = destinations.length > 1 ? { together: destinations } : {};
      const about = { destination, ...together, callerId: call.to, ringSeconds: 20, warm: true };
      await append(call.id, { type: 'dial.started', ...about });
      const plan = { callerId: call.to, say: undefined };
      const rung = await warm.ring(call, 1, { destinations, seconds: 20 }, plan);
      warm.look(call.id);
      return rung;
    },
    /** Where the caller was led, by the end of the address. */
    ledTo: () => calls.told(call.callSid).map(({ url }) => String(url).split('/').slice(-2).join('/')),
  };
}

describe('a caller who waits', () => {
  it('is led out when a phone has rung long enough and nobody told how it ended', async () => {
    const { ring, ledTo } = warmCall(ann);
    await ring();
    await vi.advanceTimersByTimeAsync(34_000);
    expect(ledTo()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(ledTo()).toEqual(['1/over']);
  });

  it('is left to a human who hears who calls, however long that takes', async () => {
    const { ring, ledTo, append, call } = warmCall(ann, bob);
    await ring();
    await append(call().id, { type: 'briefing.said', destination: ann, dial: 1, text: 'Ann' });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ledTo()).toEqual([]);
  });

  it('is not led out before Twilio can have let the caller in', async () => {
    const { ring, ledTo, append, call, warm } = warmCall(ann);
    await ring();
    await append(call().id, {
      type: 'leg.changed',
      destination: ann,
      dial: 1,
      legSid: 'CA2',
      status: 'busy',
    });
    warm.look(call().id);
    expect(ledTo()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ledTo()).toEqual(['1/over']);
    // Another phone tells of its end, before Twilio has asked what follows.
    warm.look(call().id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ledTo()).toEqual(['1/over']);
  });

  it('who hangs up while a human is about to join meets nobody', async () => {
    const { ring, warm, calls, call, left, facts } = warmCall(ann);
    await ring();
    calls.answers = () => void left.push(call().callSid);
    expect(await warm.join(call(), phone)).toMatch(/<Response><Hangup\/>/);
    expect(facts.map(({ type }) => type)).not.toContain('leg.joined');
  });

  it('is led out in the end although Twilio can’t be reached at first', async () => {
    const { ring, ledTo, calls, facts } = warmCall(ann);
    let failures = 0;
    calls.answers = ({ sid }) => {
      if (sid !== undefined && ++failures < 4) throw refusal(20500, 503);
    };
    await ring();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ledTo()).toEqual(['1/over', '1/over', '1/over', '1/over']);
    expect(facts.map(({ type }) => type)).not.toContain('note');
  });

  it('is not asked after for ever', async () => {
    const { ring, ledTo, calls, facts } = warmCall(ann);
    calls.answers = ({ sid }) => {
      if (sid !== undefined) throw refusal(20500, 503);
    };
    await ring();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ledTo()).toHaveLength(8);
    expect(facts.at(-1)).toMatchObject({ type: 'note' });
  });

  it('has left when Twilio says that the call is over', async () => {
    const { ring, left, calls, call } = warmCall(ann);
    calls.answers = ({ sid }) => {
      if (sid !== undefined) throw refusal(21220);
    };
    await ring();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(left).toEqual([call().callSid]);
  });

  it('is led out when the human who joined is gone before the caller was there', async () => {
    const { ring, warm, ledTo, append, call, facts } = warmCall(ann);
    await ring();
    const joining = warm.join(call(), phone);
    await vi.advanceTimersByTimeAsync(100);
    expect(await joining).toContain('<Conference ');
    expect(ledTo()).toEqual(['1/talk']);
    const change = { legSid: legOf(ann), status: 'completed' };
    await append(call().id, { type: 'leg.changed', destination: ann, dial: 1, ...change });
    warm.legChanged(call().id, phone, change);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(ledTo()).toEqual(['1/talk']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(facts.at(-1)).toMatchObject({ type: 'leg.parted', destination: ann });
    expect(ledTo()).toEqual(['1/talk', '1/over']);
  });

  it('is not called lonely when the talk has ended as it should', async () => {
    const { ring, warm, ledTo, append, call, facts } = warmCall(ann);
    await ring();
    await warm.join(call(), phone);
    warm.legChanged(call().id, phone, { legSid: legOf(ann), status: 'completed' });
    await append(call().id, { type: 'dial.ended', destination: ann, dial: 1, result: 'answered' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(facts.map(({ type }) => type)).not.toContain('leg.parted');
    expect(ledTo()).toEqual(['1/talk']);
  });

  it('is waited for again after a restart, by the time that is left', async () => {
    const { ring, warm, ledTo } = warmCall(ann);
    await ring();
    warm.stop();
    const after = warmCall(ann);
    await after.append('', {
      type: 'dial.started',
      destination: ann,
      callerId: ann,
      ringSeconds: 20,
      warm: true,
    });
    await after.append('', { type: 'leg.placed', destination: ann, dial: 1, legSid: 'CA2' });
    await after.append('', { type: 'caller.waits', dial: 1, seconds: 60 });
    await vi.advanceTimersByTimeAsync(30_000);
    after.warm.resume();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(after.ledTo()).toEqual(['1/over']);
    expect(ledTo()).toEqual([]);
    expect(after.calls.told('CA2')).toEqual([]);
  });
});

describe('a phone', () => {
  it('is hung up at the end of a call at once, and a human who joined only when nothing else ends that leg', async () => {
    const { ring, warm, call, calls } = warmCall(ann, bob);
    await ring();
    warm.letGo(call().id);
    expect([ann, bob].map((number) => calls.told(legOf(number)).length)).toEqual([1, 1]);

    const joined = warmCall(ann);
    await joined.ring();
    await joined.warm.join(joined.call(), phone);
    await joined.append('', { type: 'ended', outcome: 'human-on-the-line' });
    joined.warm.letGo(call().id);
    expect(joined.calls.told(legOf(ann))).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(joined.calls.told(legOf(ann))).toEqual([{ status: 'completed' }]);

    const left = warmCall(ann);
    await left.ring();
    await left.warm.join(left.call(), phone);
    left.warm.isOnRecord(call().id, phone, { legSid: legOf(ann), status: 'completed' });
    left.warm.letGo(call().id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(left.calls.told(legOf(ann))).toEqual([]);
  });

  it('is hung up after a restart when the caller was never told to wait', async () => {
    const { warm, append, calls } = warmCall(ann);
    await append('', { type: 'dial.started', destination: ann, callerId: ann, ringSeconds: 20, warm: true });
    await append('', { type: 'leg.placed', destination: ann, dial: 1, legSid: 'CA2' });
    warm.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.told('CA2')).toEqual([{ status: 'completed' }]);
  });

  it('that Twilio was slow to ring is hung up, for the caller waits no more', async () => {
    vi.useRealTimers();
    const { ring, calls } = warmCall(ann);
    const slow = Promise.withResolvers<void>();
    calls.answers = ({ sid }) => (sid === undefined ? slow.promise : undefined);
    expect(await ring()).toEqual({ problem: expect.stringContaining('did not answer within') });
    expect(calls.told(legOf(ann))).toEqual([]);
    slow.resolve();
    await vi.waitFor(() => expect(calls.told(legOf(ann))).toEqual([{ status: 'completed' }]));
  });

  it('is let in although Twilio is slow to lead the caller to it', async () => {
    vi.useRealTimers();
    const { ring, warm, calls, call } = warmCall(ann);
    await ring();
    calls.answers = () => new Promise(() => {});
    expect(await warm.join(call(), phone)).toContain('<Conference ');
    expect(call()).toMatchObject({ phase: 'connected' });
    warm.stop();
  });

  it('joins alone: a second one that is ready meanwhile is told so', async () => {
    const { ring, warm, call, facts } = warmCall(ann, bob);
    await ring();
    const both = Promise.all([warm.join(call(), phone), warm.join(call(), { ...phone, leg: 2 })]);
    const [first, second] = await both;
    expect(first).toContain('<Conference ');
    expect(second).toContain('has taken the call already');
    expect(facts.filter(({ type }) => type === 'leg.joined')).toMatchObject([{ destination: ann }]);
  });
});
