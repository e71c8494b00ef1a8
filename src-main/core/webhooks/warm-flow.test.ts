import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import { systemClock } from '../ports.ts';
import {
  type CoreUnderTest,
  caller,
  deskYaml,
  publicUrl,
  startCore,
  staticNumber,
  TestCall,
} from '../test-support/core-under-test.ts';
import { legOf, refusal, TwilioCalls } from '../test-support/twilio-calls.ts';

const ann = '+14165550001';
const bob = '+14165550002';
const callToken = 'a-call-token-that-must-not-be-kept';
const isEnd = (message: { type: string }) => message.type === 'end';
const rule = `dynamic: { rules: [{ name: All, to: "${ann}" }] }`;
const desk = (ring = '', noAnswer = 'next, message') =>
  deskYaml({ integration: `, ${rule}, ring: { warm: true${ring} }, noAnswer: [${noAnswer}]` });
const crew = (ring: string) =>
  deskYaml({
    integration: `, dynamic: { rules: [{ name: All, to: crew }] }, ring: { ${ring} }`,
    more: `groups:\n  - { id: crew, strategy: all-at-once, numbers: ["${ann}", "${bob}"] }`,
  });

/** A caller who has asked for a person. */
async function asking(under: CoreUnderTest, sid = 'CA1', from = caller): Promise<TestCall> {
  const call = new TestCall(under, sid, from);
  call.fields.CallToken = callToken;
  await call.ring();
  await call.connect();
  call.send({ type: 'dtmf', digit: '0' });
  await call.until(isEnd);
  await call.sessionEnded();
  return call;
}

/** A phone that Twilio was told to ring over REST. */
class RestPhone {
  readonly #under: CoreUnderTest;
  readonly #order: Record<string, unknown>;
  readonly #fields: Record<string, string>;
  twiml = '';

  constructor(under: CoreUnderTest, calls: TwilioCalls, number: string) {
    const order = calls.placed.findLast(({ to }) => to === number);
    if (order === undefined) throw new Error(`${number} is not rung`);
    this.#under = under;
    this.#order = order;
    this.#fields = { CallSid: legOf(number), CallStatus: 'in-progress', To: number };
  }

  async status(CallStatus: string, CallSid = this.#fields.CallSid ?? ''): Promise<void> {
    const fields = { ...this.#fields, CallStatus, CallSid };
    await this.#under.twilio.post(String(this.#order.statusCallback), fields);
  }

  pickUp(): Promise<string> {
    return this.#ask(String(this.#order.url));
  }

  /** Hears the briefing to its end. */
  hearAll(): Promise<string> {
    return this.#ask(/<Redirect[^>]*>([^<]+)/.exec(this.twiml)?.[1] ?? '');
  }

  press(Digits: string): Promise<string> {
    return this.#ask(attributeOf(/<Gather [^>]*>/.exec(this.twiml)?.[0] ?? '', 'action'), { Digits });
  }

  async #ask(url: string, more: Record<string, string> = {}): Promise<string> {
    this.twiml = (await this.#under.twilio.post(url, { ...this.#fields, ...more })).text;
    return this.twiml;
  }
}

/** Twilio asks the address to which it was told to lead a caller. */
async function follow(under: CoreUnderTest, call: TestCall, calls: TwilioCalls): Promise<string> {
  const sid = call.fields.CallSid ?? '';
  await vi.waitFor(() => expect(calls.told(sid)).not.toEqual([]), { timeout: 5_000 });
  const url = String(calls.told(sid).at(-1)?.url);
  call.twiml = (await under.twilio.post(url, { ...call.fields, CallStatus: 'in-progress' })).text;
  return call.twiml;
}

const roomIn = (twiml: string) => /<Conference [^>]*>([^<]+)/.exec(twiml)?.[1];
const factsOf = (under: CoreUnderTest, call: TestCall) =>
  under.core.getCall(call.fields.CallSid ?? '')?.events.map(({ fact }) => fact) ?? [];

describe('a caller who waits in a conference', () => {
  it('meets the human who has heard who calls', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    expect(call.twiml).toMatch(/<Dial [^>]*timeLimit="60"[^>]*><Conference /);
    expect(attributeOf(call.twiml, 'startConferenceOnEnter')).toBe('false');
    expect(roomIn(call.twiml)).not.toMatch(/4165|Ann|Reception/);
    expect(calls.placed).toMatchObject([{ to: ann, from: caller, callToken, timeout: 20 }]);
    expect(String(calls.placed[0]?.url)).toMatch(new RegExp(`^${publicUrl}/`));
    expect(call.view()).toMatchObject({ phase: 'ringing', waiting: { dial: 1, seconds: 60 } });

    const phone = new RestPhone(under, calls, ann);
    await phone.status('in-progress');
    expect(await phone.pickUp()).toMatch(/<Say[^>]*>A call from 4 1 6, 5 5 5, 0 1 9 9\./);
    expect(phone.twiml).not.toContain('<Dial');
    expect(call.view()).toMatchObject({ phase: 'ringing', rung: [{ status: 'screening' }] });

    const joins = await phone.hearAll();
    expect(roomIn(joins)).toBe(roomIn(call.twiml));
    expect(attributeOf(joins, 'endConferenceOnExit')).toBe('true');
    expect(call.view()).toMatchObject({ phase: 'connected', rung: [{ status: 'in-progress' }] });
    const waited = roomIn(call.twiml);
    const talks = await follow(under, call, calls);
    expect(roomIn(talks)).toBe(waited);
    expect(talks).not.toContain('timeLimit');

    expect(await call.dialEnded('answered')).toContain('<Hangup/>');
    expect(call.view()).toMatchObject({ outcome: 'human-on-the-line', rung: [{ status: 'answered' }] });
  });

  it('is asked about first, where the plan says so', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(', screen: true'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    expect(await phone.pickUp()).toContain('Press 1 to take the call');
    expect(roomIn(await phone.press('1'))).toBe(roomIn(call.twiml));
    expect(call.view()).toMatchObject({ phase: 'connected', rung: [{ choice: 'take' }] });
    expect(await phone.pickUp()).toContain('Press 1 to take the call');
  });

  it('is led on by what follows in the plan, once, when nobody can join any more', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(', screen: true'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const first = new RestPhone(under, calls, ann);
    await first.pickUp();
    expect(await first.press('2')).toContain('<Hangup/>');
    await first.status('completed');
    await follow(under, call, calls);
    expect(calls.placed.map(({ to }) => to)).toEqual([ann, staticNumber]);
    const waits = call.twiml;
    expect(roomIn(waits)).toMatch(/-2$/);
    await first.status('completed');
    // Twilio asks twice.
    expect(await follow(under, call, calls)).toBe(waits);
    expect(calls.told('CA1')).toHaveLength(1);

    await new RestPhone(under, calls, staticNumber).status('busy');
    await vi.waitFor(() => expect(calls.told('CA1')).toHaveLength(2), { timeout: 5_000 });
    expect(await follow(under, call, calls)).toContain('<ConversationRelay');
    expect(call.view()).toMatchObject({
      phase: 'taking-message',
      rung: [{ choice: 'pass', status: 'no-answer' }, { status: 'busy' }],
    });
    expect(factsOf(under, call).filter(({ type }) => type === 'dial.ended')).toMatchObject([
      { dial: 1, result: 'no-answer' },
      { dial: 2, result: 'busy' },
    ]);
  });

  it('goes on with what follows when the time was up just before a human joined', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk('', 'message'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const over = attributeOf(call.twiml, 'action');
    const follows = (await under.twilio.post(over, { ...call.fields, CallStatus: 'in-progress' })).text;
    expect(follows).toContain('<ConversationRelay');
    const talk = over.replace(/over$/, 'talk');
    expect((await under.twilio.post(talk, call.fields)).text).toBe(follows);
  });

  it('shows the Twilio number where the plan says so, and needs no token for it', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(', callerId: twilio'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    expect(calls.placed).toMatchObject([{ to: ann, from: call.fields.To }]);
    expect(calls.placed[0]).not.toHaveProperty('callToken');
  });

  it('hangs up, and the phones stop at once and hear of nobody', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    await under.twilio.post('/twilio/status', { CallSid: 'CA1', CallStatus: 'completed' });
    expect(calls.told(legOf(ann))).toEqual([{ status: 'completed' }]);
    expect(await phone.pickUp()).toMatch(/<Response><Hangup\/>/);
    const action = attributeOf(call.twiml, 'action');
    await under.twilio.post(action, { ...call.fields, CallStatus: 'completed', DialCallStatus: 'answered' });
    expect(call.view()).toMatchObject({ outcome: 'caller-hung-up', rung: [{ status: 'canceled' }] });
    expect(await phone.pickUp()).toMatch(/<Response><Hangup\/>/);
    await phone.status('in-progress');
    expect(call.factTypes()).not.toContain('briefing.said');
    expect(calls.told(legOf(ann))).toHaveLength(1);
    expect(calls.told('CA1')).toEqual([]);
  });

  it('is not waited for by a human when Twilio says that the call is over', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ sid }) => {
      if (sid === 'CA1') throw refusal(21220);
    };
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    await phone.pickUp();
    expect(await phone.hearAll()).toMatch(/<Response><Hangup\/>/);
    await vi.waitFor(() => expect(call.view()).toMatchObject({ outcome: 'caller-hung-up' }), {
      timeout: 5_000,
    });
  });

  it('talks on when the time of waiting is up and Twilio could not be told of the talk', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ sid }) => {
      if (sid === 'CA1') throw refusal(20500, 500);
    };
    let aheadMs = 0;
    const clock = { now: () => systemClock.now() + aheadMs };
    await using under = await startCore(desk(), { ports: { twilio: calls.rest, clock } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    await phone.pickUp();
    expect(roomIn(await phone.hearAll())).toBe(roomIn(call.twiml));
    const action = attributeOf(call.twiml, 'action');
    aheadMs = 60_000;
    const after = { ...call.fields, CallStatus: 'in-progress', DialCallStatus: 'answered' };
    call.twiml = (await under.twilio.post(action, after)).text;
    expect(call.twiml).toContain('<Conference ');
    expect(await call.dialEnded('answered')).toContain('<Hangup/>');
    expect(call.view().outcome).toBe('human-on-the-line');
  });

  it('is let go when the human leaves within that time', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ sid }) => {
      if (sid === 'CA1') throw refusal(20500, 500);
    };
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    await phone.pickUp();
    await phone.hearAll();
    expect(await call.dialEnded('answered')).toContain('<Hangup/>');
    expect(call.view().outcome).toBe('human-on-the-line');
  });

  it('leaves by itself in the end, when Twilio can’t be told that nobody joins', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ sid }) => {
      if (sid === 'CA1') throw refusal(20003, 401);
    };
    await using under = await startCore(desk('', 'message'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    await new RestPhone(under, calls, ann).status('no-answer');
    await vi.waitFor(() => expect(call.factTypes()).toContain('note'), { timeout: 5_000 });
    expect(calls.told('CA1')).toHaveLength(1);
    expect(await call.dialEnded('answered')).toContain('<ConversationRelay');
    expect(call.view().rung).toMatchObject([{ status: 'no-answer' }]);
  });

  it('is led on after a restart in the middle, and sees to it that no token outlives the process', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const phone = new RestPhone(under, calls, ann);
    for (const file of readdirSync(under.dataDir)) {
      expect(readFileSync(join(under.dataDir, file)).includes(callToken), file).toBe(false);
    }
    expect(under.logLines.join('')).not.toContain(callToken);
    await using after = await under.restart();
    await after.twilio.post(String(calls.placed[0]?.statusCallback), {
      CallSid: legOf(ann),
      CallStatus: 'no-answer',
    });
    const goesOn = new TestCall(after, 'CA1');
    await follow(after, goesOn, calls);
    expect(calls.placed.at(-1)).toMatchObject({ to: staticNumber, from: call.fields.To });
    expect(calls.placed.at(-1)).not.toHaveProperty('callToken');
    expect(phone.twiml).toBe('');
  });
});

describe('phones that can’t be rung over REST', () => {
  it('are rung as in any other transfer, at once', async () => {
    const calls = new TwilioCalls();
    calls.answers = () => {
      throw refusal(10004);
    };
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    expect(call.twiml).toContain(`>${ann}</Number>`);
    expect(attributeOf(call.twiml, 'callerId')).toBe(caller);
    // Who picks up hears who calls all the same.
    expect(call.twiml).toContain('/screen/1/1"');
    expect(call.factTypes()).toContain('warm.failed');
    expect(call.view()).toMatchObject({ waiting: null, rung: [{ warm: false, status: 'ringing' }] });
    expect(await call.dialEnded('no-answer')).toContain(`>${staticNumber}</Number>`);
  });

  it('are rung so without a Twilio account', async () => {
    await using under = await startCore(desk());
    expect((await asking(under)).twiml).toContain(`>${ann}</Number>`);
  });

  it('are hung up when they ring although Twilio had not said so', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ sid }) => {
      if (sid === undefined) throw refusal(20500, 503);
    };
    await using under = await startCore(desk(', screen: true'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const stray = new RestPhone(under, calls, ann);
    await stray.status('ringing');
    expect(calls.told(legOf(ann))).toEqual([{ status: 'completed' }]);
    expect(await stray.pickUp()).toMatch(/<Response><Hangup\/>/);
    expect(call.view().rung).toMatchObject([{ legSid: null, status: 'ringing' }]);
  });

  it('touch no other call', async () => {
    const calls = new TwilioCalls();
    let isFirst = true;
    calls.answers = () => {
      if (isFirst) {
        isFirst = false;
        throw new Error('a bug');
      }
    };
    await using under = await startCore(desk(), { ports: { twilio: calls.rest } });
    const broken = await asking(under, 'CA1');
    const sound = await asking(under, 'CA2', '+14165550188');
    expect(broken.twiml).toContain(`>${ann}</Number>`);
    expect(sound.twiml).toContain('<Conference ');
  });
});

describe('several phones, while the caller waits', () => {
  it('are stopped when the first one joins', async () => {
    const calls = new TwilioCalls();
    await using under = await startCore(crew('warm: true'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    const [first, second] = [ann, bob].map((number) => new RestPhone(under, calls, number));
    await first?.pickUp();
    await second?.pickUp();
    expect(await second?.hearAll()).toContain('<Conference ');
    expect(calls.told(legOf(ann))).toEqual([{ status: 'completed' }]);
    expect(calls.told(legOf(bob))).toEqual([]);
    expect(await first?.hearAll()).toMatch(/<Say[^>]*>Somebody else has taken the call already.*<Hangup\/>/);
    await call.dialEnded('answered');
    expect(call.view().rung).toMatchObject([
      { destination: ann, status: 'canceled' },
      { destination: bob, status: 'answered' },
    ]);
  });

  it('ring on when Twilio refuses one of them', async () => {
    const calls = new TwilioCalls();
    calls.answers = ({ given }) => {
      if (given.to === ann) throw refusal(21211);
    };
    await using under = await startCore(crew('warm: true'), { ports: { twilio: calls.rest } });
    const call = await asking(under);
    expect(call.twiml).toContain('<Conference ');
    expect(call.view().rung).toMatchObject([{ status: 'failed' }, { status: 'ringing' }]);
    const phone = new RestPhone(under, calls, bob);
    await phone.pickUp();
    expect(await phone.hearAll()).toContain('<Conference ');
  });
});

describe('the screen pop', () => {
  it.each([
    ['cold', deskYaml({ integration: `, ${rule}` })],
    ['screen', deskYaml({ integration: `, ${rule}, ring: { screen: true }` })],
    ['briefing', deskYaml({ integration: `, ${rule}, ring: { briefing: true }` })],
    ['warm', desk()],
    ['several at once', crew('screen: true')],
    ['several at once, warm', crew('warm: true')],
  ])('comes before Twilio is told to ring: %s', async (_mode, yaml) => {
    const order: string[] = [];
    const calls = new TwilioCalls();
    calls.answers = () => void order.push('told');
    await using under = await startCore(yaml, { ports: { twilio: calls.rest } });
    under.core.subscribe((update) => {
      if (update.kind === 'event') order.push(update.event.fact.type);
    });
    await asking(under);
    order.push('told');
    expect(order).toContain('dial.started');
    expect(order.indexOf('transfer.decided')).toBeLessThan(order.indexOf('dial.started'));
    expect(order.indexOf('dial.started')).toBeLessThan(order.indexOf('told'));
  });
});
