import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import { TwilioRequestError, UnusableMediaError } from '../errors.ts';
import {
  businessNumber,
  type CoreUnderTest,
  caller,
  deskYaml,
  startCore,
  staticNumber,
  TestCall,
} from '../test-support/core-under-test.ts';
import { noTwilio } from '../test-support/no-outside.ts';

const isEnd = (message: { type: string }) => message.type === 'end';
const ann = '+14165550001';
const rule = `dynamic: { rules: [{ name: All, to: "${ann}" }] }`;
const screened = `, ${rule}, ring: { seconds: 20, screen: true }, noAnswer: [next, message]`;

/** A caller who pressed 0 and hears ringing. */
async function ringing(under: CoreUnderTest, sid = 'CA1', from = caller): Promise<TestCall> {
  const call = new TestCall(under, sid, from);
  await call.ring();
  await call.connect();
  call.send({ type: 'dtmf', digit: '0' });
  await call.until(isEnd);
  await call.sessionEnded();
  return call;
}

/** What Twilio does at the phone of a destination. */
class TestPhone {
  readonly #under: CoreUnderTest;
  readonly #fields: Record<string, string>;
  readonly #statusCallback: string;
  twiml = '';
  readonly #url: string;

  constructor(under: CoreUnderTest, dialTwiml: string, number: string) {
    const element = dialTwiml.match(/<Number [^>]*>[^<]*/g)?.find((each) => each.endsWith(`>${number}`));
    if (element === undefined) throw new Error(`${number} is not rung`);
    this.#under = under;
    this.#fields = { CallSid: `CA${number.slice(1)}`, CallStatus: 'in-progress', To: number };
    this.#statusCallback = attributeOf(element, 'statusCallback');
    this.#url = element.includes(' url=') ? attributeOf(element, 'url') : '';
  }

  async status(CallStatus: string): Promise<void> {
    await this.#under.twilio.post(this.#statusCallback, { ...this.#fields, CallStatus });
  }

  async pickUp(): Promise<string> {
    this.twiml = (await this.#under.twilio.post(this.#url, this.#fields)).text;
    return this.twiml;
  }

  /** @param time of the questions in the last TwiML, from 1; without a key, the redirect behind them is followed. */
  async press(digits: string | null, time = 1): Promise<string> {
    const actions = [...this.twiml.matchAll(/<Gather [^>]*action="([^"]+)"/g)].map(([, url]) => url ?? '');
    const redirect = /<Redirect[^>]*>([^<]+)/.exec(this.twiml)?.[1] ?? '';
    const url = digits === null ? redirect : (actions[time - 1] ?? '');
    const fields = { ...this.#fields, ...(digits !== null && { Digits: digits }) };
    this.twiml = (await this.#under.twilio.post(url, fields)).text;
    return this.twiml;
  }
}

const factsOf = (under: CoreUnderTest, call: TestCall) =>
  under.core.getCall(call.fields.CallSid ?? '')?.events.map(({ fact }) => fact) ?? [];

describe('a human who is asked for a key', () => {
  it('hears who calls and why, and is put through with 1', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const call = await ringing(under);
    const phone = new TestPhone(under, call.twiml, ann);
    const question = await phone.pickUp();
    expect(question).toContain(
      'A call from 4 1 6, 5 5 5, 0 1 9 9. The caller pressed zero to reach a person.',
    );
    expect(question.match(/Press 1 to take the call/g)).toHaveLength(2);
    expect(call.view()).toMatchObject({ phase: 'ringing', rung: [{ status: 'screening' }] });
    expect(await phone.press('1')).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
    expect(call.view()).toMatchObject({ phase: 'connected', rung: [{ choice: 'take' }] });
    expect(await call.dialEnded('completed', { DialBridged: 'true' })).toContain('<Hangup/>');
    expect(call.view()).toMatchObject({ outcome: 'human-on-the-line', rung: [{ status: 'answered' }] });
  });

  it('passes the call on with 2, and a voicemail, which presses nothing, does too', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    for (const [sid, key, choice] of [
      ['CA1', '2', 'pass'],
      ['CA2', null, 'none'],
    ] as const) {
      const call = await ringing(under, sid);
      const phone = new TestPhone(under, call.twiml, ann);
      await phone.pickUp();
      expect(await phone.press(key)).toContain('<Hangup/>');
      // To Twilio the phone was answered.
      expect(await call.dialEnded('completed')).toContain(`>${staticNumber}</Number>`);
      expect(call.view().rung).toMatchObject([{ status: 'no-answer', choice }, { status: 'ringing' }]);
    }
  });

  it('has a message taken with 3, and nobody else is rung', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const call = await ringing(under);
    const phone = new TestPhone(under, call.twiml, ann);
    await phone.pickUp();
    expect(await phone.press('3')).toContain('<Hangup/>');
    expect(await call.dialEnded('completed')).toContain('<ConversationRelay');
    expect(call.view()).toMatchObject({ phase: 'taking-message', offered: ['message'] });
  });

  it('is asked once more after another key, and no more than that', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const call = await ringing(under);
    const phone = new TestPhone(under, call.twiml, ann);
    await phone.pickUp();
    const again = await phone.press('7');
    expect(again.match(/Press 1 to take the call/g)).toHaveLength(1);
    expect(again).not.toContain('A call from');
    expect(await phone.press('9')).toContain('<Hangup/>');
    expect(call.view().rung).toMatchObject([{ choice: 'none', status: 'no-answer' }]);
  });

  it('is told twice the same when Twilio asks twice', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const call = await ringing(under);
    const phone = new TestPhone(under, call.twiml, ann);
    expect(await phone.pickUp()).toBe(await phone.pickUp());
    const question = phone.twiml;
    const first = await phone.press('1');
    phone.twiml = question;
    expect(await phone.press('1')).toBe(first);
    expect(call.factTypes().filter((type) => type === 'screen.answered')).toHaveLength(1);
  });

  it('is spoken to in the language of the workflow', async () => {
    await using under = await startCore(deskYaml({ integration: screened, workflow: ', language: fr-CA' }));
    const call = await ringing(under);
    const question = await new TestPhone(under, call.twiml, ann).pickUp();
    expect(question).toContain('<Say language="fr-CA">Un appel de 4 1 6, 5 5 5, 0 1 9 9.');
    expect(question).toContain('Appuyez sur 1');
  });

  it('hears nothing of a caller who has hung up', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const gone = await ringing(under, 'CA1');
    const late = new TestPhone(under, gone.twiml, ann);
    await gone.dialEnded('canceled', { CallStatus: 'completed' });
    expect(gone.view()).toMatchObject({ outcome: 'caller-hung-up', rung: [{ status: 'canceled' }] });
    expect(await late.pickUp()).toMatch(/<Response><Hangup\/>/);

    // The status callback comes first; the report of the dial is still awaited.
    const left = await ringing(under, 'CA2');
    const phone = new TestPhone(under, left.twiml, ann);
    await under.twilio.post('/twilio/status', { CallSid: 'CA2', CallStatus: 'completed' });
    expect(await phone.pickUp()).toMatch(/<Response><Hangup\/>/);

    // While the question is being asked.
    const asked = await ringing(under, 'CA3');
    const asking = new TestPhone(under, asked.twiml, ann);
    await asking.pickUp();
    await asked.dialEnded('completed', { CallStatus: 'completed', DialBridged: 'false' });
    expect(asked.view()).toMatchObject({ outcome: 'caller-hung-up', rung: [{ status: 'canceled' }] });
    expect(await asking.press('1')).toMatch(/<Response><Hangup\/>/);
    for (const call of [gone, left]) {
      expect(call.factTypes()).not.toContain('screen.asked');
      expect(call.factTypes()).not.toContain('briefing.ready');
    }
  });

  it('is put through when nothing is known of the call: a caller may be waiting', async () => {
    await using under = await startCore();
    const path = '/twilio/calls/7b7c2c52-6f2f-4f41-9f0c-6a2b0a4dc001/screen/1/1';
    const { text } = await under.twilio.post(path, { CallSid: 'CAleg' });
    expect(text).toContain('<Response/>');
    expect(text).not.toContain('<Dial');
  });
});

describe('a briefing without a key', () => {
  const briefed = `, ${rule}, ring: { briefing: true }`;

  it('is the summary that the AI gave, ready before the phone rings', async () => {
    await using under = await startCore(deskYaml({ integration: briefed }));
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('I want to speak with a person about my boiler');
    await call.until(isEnd);
    const dial = await call.sessionEnded();
    const types = call.factTypes();
    expect(types.indexOf('briefing.ready')).toBeGreaterThan(types.indexOf('transfer.requested'));
    expect(types.indexOf('briefing.ready')).toBeLessThan(types.indexOf('dial.started'));
    const heard = await new TestPhone(under, dial, ann).pickUp();
    expect(heard).toMatch(/<Response><Say[^>]*>A call from .*about my boiler.*<\/Say><\/Response>/);
    expect(call.view().briefing?.by).toBe('model');
    await call.dialEnded('completed', { DialBridged: 'true' });
    expect(call.view().outcome).toBe('human-on-the-line');
  });

  it('is Patchbay’s own sentence when no model wrote one', async () => {
    const workflow = ', form: [{ id: name, label: Your name, type: text }]';
    await using under = await startCore(deskYaml({ integration: briefed, workflow }));
    const call = await ringing(under);
    await new TestPhone(under, call.twiml, ann).pickUp();
    expect(call.view().briefing).toEqual({
      by: 'patchbay',
      text: 'A call from 4 1 6, 5 5 5, 0 1 9 9. The caller pressed zero to reach a person.',
    });
  });

  it('counts as no answer when the human hangs up before the caller is through', async () => {
    await using under = await startCore(deskYaml({ integration: briefed }));
    const call = await ringing(under);
    await new TestPhone(under, call.twiml, ann).pickUp();
    expect(await call.dialEnded('completed', { DialBridged: 'false' })).toContain('<ConversationRelay');
    expect(call.view().rung).toMatchObject([{ status: 'no-answer' }]);
  });

  it('is not said where the plan says none', async () => {
    await using under = await startCore(deskYaml({ integration: `, ${rule}` }));
    const call = await ringing(under);
    expect(call.twiml).not.toContain(' url=');
    expect(call.factTypes()).not.toContain('briefing.ready');
  });
});

describe('several phones at once', () => {
  const bob = '+14165550002';
  const group = (ring: string) => `, dynamic: { rules: [{ name: All, to: crew }] }${ring}`;
  const crew = `groups:\n  - { id: crew, strategy: all-at-once, numbers: ["${ann}", "${bob}"] }`;
  const desk = (ring = '') => deskYaml({ integration: group(ring), more: crew });

  it('are one dial, and the first who takes the call has it', async () => {
    await using under = await startCore(desk(', ring: { screen: true }'));
    const call = await ringing(under);
    expect(call.twiml.match(/<Dial /g)).toHaveLength(1);
    const [first, second] = [ann, bob].map((number) => new TestPhone(under, call.twiml, number));
    await first?.pickUp();
    await second?.pickUp();
    expect(await second?.press('1')).toContain('<Response/>');
    expect(await first?.press('1')).toMatch(/<Say[^>]*>Somebody else has taken the call already.*<Hangup\/>/);
    await call.dialEnded('completed', { DialBridged: 'true' });
    expect(call.view().rung).toMatchObject([
      { destination: ann, dial: 1, status: 'canceled' },
      { destination: bob, dial: 1, status: 'answered' },
    ]);
    const dialled = factsOf(under, call).filter(({ type }) => type === 'dial.started');
    expect(dialled).toMatchObject([{ destination: ann, together: [ann, bob] }]);
    const ended = factsOf(under, call).find(({ type }) => type === 'dial.ended');
    expect(ended).toMatchObject({ destination: bob, result: 'answered' });
  });

  it('tell each how it fared, without a key', async () => {
    await using under = await startCore(desk());
    const call = await ringing(under);
    const [first, second] = [ann, bob].map((number) => new TestPhone(under, call.twiml, number));
    await first?.status('ringing');
    await second?.status('busy');
    await first?.status('in-progress');
    expect(call.view()).toMatchObject({ phase: 'connected' });
    await call.dialEnded('completed', { DialCallSid: 'CA14165550001', DialBridged: 'true' });
    expect(call.view().rung).toMatchObject([
      { destination: ann, status: 'answered' },
      { destination: bob, status: 'busy' },
    ]);
  });
});

describe('a destination that is not reached', () => {
  const bob = '+14165550002';
  const crew = `groups:\n  - { id: crew, strategy: in-order, numbers: ["${ann}", "${bob}"] }`;
  const desk = (ring = '') =>
    deskYaml({ integration: `, dynamic: { rules: [{ name: All, to: crew }] }${ring}`, more: crew });

  it('rests after two calls, and whoever passes a call on is reached', async () => {
    await using under = await startCore(desk());
    for (const sid of ['CA1', 'CA2']) await (await ringing(under, sid)).dialEnded('no-answer');
    expect((await ringing(under, 'CA3')).twiml).toContain(`>${bob}</Number>`);

    await using passing = await startCore(desk(', ring: { screen: true }'));
    for (const sid of ['CA1', 'CA2']) {
      const call = await ringing(passing, sid);
      const phone = new TestPhone(passing, call.twiml, ann);
      await phone.pickUp();
      await phone.press('2');
      await call.dialEnded('completed');
    }
    expect((await ringing(passing, 'CA3')).twiml).toContain(`>${ann}</Number>`);
  });
});

describe('what follows when nobody takes the call', () => {
  it('is never the caller’s own number, and never one that leads to Patchbay', async () => {
    const integration = `, dynamic: { rules: [{ name: All, to: "${caller}" }] }, noAnswer: [next, message]`;
    await using under = await startCore(deskYaml({ integration }));
    expect((await ringing(under)).twiml).toContain(`>${staticNumber}</Number>`);
    const looping = `, dynamic: { rules: [{ name: All, to: "${businessNumber}" }] }`;
    await using other = await startCore(deskYaml({ integration: looping }));
    expect((await ringing(other)).twiml).toContain(`>${staticNumber}</Number>`);
  });

  it('is a good-bye where the plan has nothing else, and a text where it has one', async () => {
    await using under = await startCore(deskYaml({ integration: ', noAnswer: [next]' }));
    const call = await ringing(under);
    expect(await call.dialEnded('no-answer')).toMatch(/<Say[^>]*>I am sorry, nobody can take.*<Hangup\/>/);
    expect(call.view()).toMatchObject({ outcome: 'not-reached', offered: ['good-bye'] });

    await using texting = await startCore(deskYaml({ integration: ', noAnswer: [text, message]' }));
    const texted = await ringing(texting);
    expect(await texted.dialEnded('no-answer')).toMatch(/<Say[^>]*>.*I have sent you a text.*<Hangup\/>/);
    expect(texting.sentTexts).toHaveLength(1);
    const withheld = await ringing(texting, 'CA2', '+266696687');
    expect(await withheld.dialEnded('no-answer')).toContain('<ConversationRelay');
    expect(withheld.view().offered).toEqual(['text', 'message']);
  });

  it('is another try when the caller asks for one, and none when no try is left', async () => {
    await using under = await startCore(deskYaml({ integration: ', noAnswer: [message]' }));
    const call = await ringing(under);
    for (let dials = 1; dials < 4; dials++) {
      await call.dialEnded('no-answer');
      await call.connect();
      call.say('Please try again');
      await call.until(isEnd);
      expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
      expect(call.view().rung).toHaveLength(dials + 1);
    }
    await call.dialEnded('no-answer');
    await call.connect();
    call.say('Please try again');
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain('<Hangup/>');
    expect(call.view()).toMatchObject({ outcome: 'message-taken' });
    expect(factsOf(under, call).filter(({ type }) => type === 'transfer.decided')).toHaveLength(4);
  });

  it('decides a second request after a restart in the middle of it', async () => {
    const integration = ', dynamic: { webhook: "https://routes.example.com/now" }';
    let hang = false;
    const answer = { status: 200, headers: {}, body: `{"transferNumber":"${ann}"}` };
    const postJson = () => (hang ? new Promise<never>(() => {}) : Promise.resolve(answer));
    await using under = await startCore(deskYaml({ integration }), { ports: { outbound: { postJson } } });
    const call = await ringing(under);
    await call.dialEnded('busy');
    await call.connect();
    hang = true;
    call.say('Please try again');
    await vi.waitFor(() =>
      expect(call.factTypes().filter((type) => type === 'transfer.requested')).toHaveLength(2),
    );
    hang = false;
    await using after = await under.restart();
    const goesOn = new TestCall(after, 'CA1');
    goesOn.twiml = call.twiml;
    expect(await goesOn.sessionEnded({ SessionStatus: 'failed', ErrorCode: '64105' })).toContain(
      `>${ann}</Number>`,
    );
  });

  it('is bounded, and the bound stands in the decision', async () => {
    await using under = await startCore(deskYaml({ integration: screened }));
    const call = await ringing(under);
    // Two phones of 20 s, and up to a minute of questions at each.
    expect(call.view().decision?.atMostSeconds).toBe(160);
  });
});

describe('a voicemail', () => {
  const url = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1';
  const integration = ', noAnswer: [voicemail]';

  async function leaveVoicemail(under: CoreUnderTest): Promise<TestCall> {
    const call = await ringing(under);
    expect(await call.dialEnded('no-answer')).toContain('<Record ');
    await under.twilio.post(attributeOf(call.twiml, 'action'), {
      ...call.fields,
      RecordingUrl: url,
      RecordingDuration: '7',
    });
    return call;
  }

  it('is fetched, kept with the call and handed out, although Twilio does not have it at once', async () => {
    const asked: string[] = [];
    const fetchMedia = async (address: string) => {
      asked.push(address);
      if (asked.length < 2) throw new TwilioRequestError('not there', { status: 404, retryable: false });
      return { contentType: 'audio/mpeg', bytes: Buffer.from('sound') };
    };
    await using under = await startCore(deskYaml({ integration }), {
      ports: { twilio: { ...noTwilio, fetchMedia } },
    });
    const call = await leaveVoicemail(under);
    await vi.waitFor(() => expect(call.view().recording).not.toBeNull(), { timeout: 10_000 });
    const file = `${call.view().id}.mp3`;
    expect(call.view()).toMatchObject({
      outcome: 'message-taken',
      recording: { file, contentType: 'audio/mpeg', bytes: 5, seconds: 7 },
    });
    expect(asked).toEqual([`${url}.mp3`, `${url}.mp3`]);
    expect(readFileSync(join(under.dataDir, 'recordings', file), 'utf8')).toBe('sound');
    expect(await under.core.recordingOf(call.view().id)).toEqual({
      contentType: 'audio/mpeg',
      bytes: Buffer.from('sound'),
    });
    expect(await under.core.recordingOf('nobody')).toBeUndefined();
  });

  it('is fetched after a restart', async () => {
    let isThere = false;
    const fetchMedia = async () => {
      if (!isThere) throw new TwilioRequestError('away', { retryable: true });
      return { contentType: 'audio/x-wav', bytes: Buffer.from('sound') };
    };
    await using under = await startCore(deskYaml({ integration }), {
      ports: { twilio: { ...noTwilio, fetchMedia } },
    });
    const call = await leaveVoicemail(under);
    isThere = true;
    await using after = await under.restart();
    const { id } = new TestCall(after, 'CA1').view();
    await vi.waitFor(async () => expect(await after.core.recordingOf(id)).toBeDefined(), { timeout: 10_000 });
    expect(after.core.getCall(id)?.call.recording?.file).toBe(`${id}.wav`);
    expect(call.fields.CallSid).toBe('CA1');
  });

  it('is given up when it can never be kept', async () => {
    const fetchMedia = () => Promise.reject(new UnusableMediaError('it is larger than 20 MB'));
    await using under = await startCore(deskYaml({ integration }), {
      ports: { twilio: { ...noTwilio, fetchMedia } },
    });
    const call = await leaveVoicemail(under);
    await vi.waitFor(() => expect(call.factTypes()).toContain('voicemail.lost'));
    expect(await under.core.recordingOf(call.view().id)).toBeUndefined();
  });
});
