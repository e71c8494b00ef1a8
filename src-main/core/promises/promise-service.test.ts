import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { LiveUpdate } from '../../../src-preload/contract/api.ts';
import type { CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { ManualTime } from '../../rehearsal/manual-time.ts';
import type { CallScript } from '../../rehearsal/rest/call-scripts.ts';
import { rebuildCall } from '../calls/call-state.ts';
import { memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { ProblemError } from '../errors.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { createTextSender } from '../twilio/text-sender.ts';
import { PromiseService, UnknownPromiseError } from './promise-service.ts';

const businessNumber = '+14165550100';
const staticNumber = '+14165551234';
const caller = '+14165557777';
const minuteMs = 60_000;

const desk = compileDesk(
  deskSchema.parse({
    patchbay: 1,
    integrations: [
      { id: 'desk', name: 'Desk', staticNumber, noAnswer: ['text'], promise: { withinMinutes: 30 } },
    ],
    schedules: [{ id: 'office', timezone: 'America/Toronto', open: {} }],
    workflows: [
      {
        id: 'reception',
        name: 'Reception',
        number: businessNumber,
        integration: 'desk',
        greeting: 'Hello',
        prompt: 'Talk',
        model: 'rehearsal:keywords',
      },
    ],
  }),
);

function callOf(id: string, from: string | null = caller): CallView {
  const facts: CallFact[] = [
    {
      type: 'received',
      callSid: `CA${id}`,
      accountSid: 'AC1',
      from,
      to: businessNumber,
      workflowId: 'reception',
      workflowName: 'Reception',
      model: 'rehearsal:keywords',
      contactId: 1,
      contactName: 'Corner Bakery',
      contactKnown: true,
      safetyNet: { integrationId: 'desk', staticNumber },
    },
    { type: 'transfer.requested', cause: 'model', reason: 'The boiler is cold', summary: '' },
  ];
  const call = rebuildCall(facts.map((fact, index) => ({ callId: id, seq: index + 1, at: 0, fact })));
  if (call === null) throw new Error('the call has facts');
  return call;
}

const callId = 'abcd1234-0000-4000-8000-000000000000';

/** The service on a rehearsed Twilio that reaches its webhooks; time is moved by the service's own waiting. */
async function testPromises(scripts: Record<string, CallScript> = {}) {
  const time = new ManualTime(Date.UTC(2026, 10, 25, 19));
  const facts: { callId: string; fact: CallFact }[] = [];
  const notices: string[] = [];
  const listeners = new Set<(update: LiveUpdate) => void>();
  const listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const [, , , token = '', step] = (request.url ?? '').split('/');
      const fields = new URLSearchParams(body);
      if (step === 'leg') {
        promises.callerLeg(token, fields.get('CallStatus') ?? '');
        response.writeHead(204).end();
        return;
      }
      const status = fields.get('DialCallStatus');
      const twiml =
        step === 'key'
          ? promises.keyPressed(token, fields.get('Digits') ?? '')
          : promises.dialEnded(token, status === 'completed' ? 'answered' : 'no-answer');
      response.setHeader('Content-Type', 'text/xml').end(twiml);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const twilio = await rehearseTwilio({ numbers: [businessNumber] }, { time, webhookUrl });
  for (const [number, script] of Object.entries(scripts)) twilio.account.callScripts.set(number, script);
  const db = memoryDatabase();
  const reachable: { origin: string | null } = { origin: webhookUrl };
  const make = () =>
    new PromiseService({
      db,
      recorder: {
        write: async (work) => {
          work();
          return 'durable';
        },
      },
      log: {
        append: async (id, ...appended) => {
          facts.push(...appended.map((fact) => ({ callId: id, fact })));
          return 'durable';
        },
        subscribe: (heard) => {
          listeners.add(heard);
          return () => listeners.delete(heard);
        },
      },
      desk: () => desk,
      texts: createTextSender(twilio.rest),
      twilio: twilio.rest,
      provenOrigin: () => reachable.origin,
      notifier: { notify: ({ title }) => notices.push(title) },
      clock: { now: () => time.date().getTime() },
      logger: rememberingLogger(),
      wait: (ms) => time.advance(ms / 1000),
    });
  const promises = make();
  promises.start();
  return {
    promises,
    twilio,
    time,
    facts,
    notices,
    reachable,
    restarted: make,
    ended(call: CallView) {
      for (const heard of listeners) {
        heard({
          kind: 'event',
          call,
          event: { callId: call.id, seq: 9, at: 0, fact: { type: 'ended', outcome: 'human-on-the-line' } },
        });
      }
    },
    async [Symbol.asyncDispose]() {
      promises.stop();
      listener.closeAllConnections();
      listener.close();
      await twilio[Symbol.asyncDispose]();
    },
  };
}

async function promised(under: Awaited<ReturnType<typeof testPromises>>) {
  await under.promises.make(callOf(callId));
  const [promise] = under.promises.list(10);
  if (promise === undefined) throw new Error('a promise was made');
  return promise;
}

const person: CallScript = { kind: 'person', afterSeconds: 3, presses: '1' };

describe('a promise', () => {
  it('is told by text, with a case number and a time where the operator works, and is on the list', async () => {
    await using under = await testPromises();
    expect(await under.promises.make(callOf(callId))).toBe(true);
    const [text] = under.twilio.account.texts;
    expect(text?.body.replaceAll(/\s/g, ' ')).toBe(
      'Sorry that nobody could pick up. Your case number is ABCD1234; we call you back by 2:30 PM.',
    );
    expect(text).toMatchObject({ from: businessNumber, to: caller });
    expect(under.promises.list(10)).toMatchObject([
      {
        callId,
        number: caller,
        contactName: 'Corner Bakery',
        reason: 'The boiler is cold',
        caseNumber: 'ABCD1234',
        state: 'open',
        textProblem: null,
      },
    ]);
    expect(under.facts.map(({ fact }) => fact.type)).toEqual(['promise.made', 'promise.text-sent']);
    expect(under.notices.map((title) => title.replaceAll(/\s/g, ' '))).toEqual([
      'Call back Corner Bakery by 2:30 PM',
    ]);
  });

  it('is made once a call, however often it is asked for, restarts included', async () => {
    await using under = await testPromises();
    const call = callOf(callId);
    await Promise.all([under.promises.make(call), under.promises.make(call)]);
    const told = { ...call, promise: { caseNumber: 'ABCD1234', dueAt: 0, told: true } };
    expect(await under.restarted().make(told)).toBe(true);
    expect(under.twilio.account.texts).toHaveLength(1);
    expect(under.promises.list(10)).toHaveLength(1);
  });

  it('stays on the list when the text fails, and says so', async () => {
    await using under = await testPromises();
    under.twilio.account.refusedTexts.set(caller, 21610);
    expect(await under.promises.make(callOf(callId))).toBe(false);
    expect(under.promises.list(10)[0]?.textProblem).toContain('21610');
    expect(under.facts.map(({ fact }) => fact.type)).toEqual(['promise.made', 'promise.text-failed']);
  });

  it('is not made to a caller without a number', async () => {
    await using under = await testPromises();
    expect(await under.promises.make(callOf(callId, null))).toBe(false);
    expect(under.promises.list(10)).toEqual([]);
  });

  it('breaks with its time, and the operator is told once', async () => {
    await using under = await testPromises();
    await promised(under);
    await under.time.advance(30 * 60 + 1);
    expect(under.promises.counts(0)).toEqual({ open: 0, kept: 0, late: 0, broken: 1 });
    under.promises.remind();
    under.restarted().remind();
    expect(under.notices.slice(1)).toEqual(['Corner Bakery still waits for your call']);
  });

  it('is kept when the caller calls again and reaches a person', async () => {
    await using under = await testPromises();
    await promised(under);
    under.ended({ ...callOf('b'), outcome: 'human-on-the-line' });
    expect(under.promises.list(10)).toMatchObject([{ state: 'kept', endedBy: 'caller-called' }]);
    expect(under.facts.at(-1)).toEqual({ callId, fact: { type: 'promise.ended', by: 'caller-called' } });
  });

  it('is kept late after its time, and counts as that', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    await under.time.advance((30 * minuteMs) / 1000 + 1);
    expect(await under.promises.mark(id)).toMatchObject({ state: 'late', endedBy: 'marked' });
    expect(under.promises.counts(0)).toEqual({ open: 0, kept: 0, late: 1, broken: 0 });
    expect(under.promises.counts(Date.UTC(2026, 10, 26))).toEqual({ open: 0, kept: 0, late: 0, broken: 0 });
  });
});

describe('calling back', () => {
  it('rings the operator, then the caller, who sees the number that they had called', async () => {
    await using under = await testPromises({ [staticNumber]: person, [caller]: person });
    const { id } = await promised(under);
    const steps: string[] = [];
    const { reached, promise } = await under.promises.callBack(id, undefined, (says) => steps.push(says));
    expect(reached).toBe(true);
    expect(promise).toMatchObject({ state: 'kept', endedBy: 'called-back', attempts: 1 });
    expect(steps).toEqual([
      `Twilio rings ${staticNumber}.`,
      `${staticNumber} pressed a key: now ${caller} is rung.`,
      `${caller} picked up: you are connected.`,
    ]);
    const [call] = under.twilio.account.calls.placed;
    expect(call?.order).toMatchObject({ to: staticNumber, from: businessNumber });
    expect(call?.run?.rung).toMatchObject([{ number: caller, callerId: businessNumber }]);
  });

  it.each<[string, CallScript, CallScript, RegExp]>([
    ['the operator does not pick up', { kind: 'no-answer' }, person, /did not take the call \(no-answer\)/],
    ['a voicemail picks up', { kind: 'voicemail', afterSeconds: 5 }, person, /did not take the call/],
    ['the caller does not pick up', person, { kind: 'no-answer' }, /did not pick up/],
  ])('leaves the promise open when %s', async (_, operatorDoes, callerDoes, says) => {
    await using under = await testPromises({ [staticNumber]: operatorDoes, [caller]: callerDoes });
    const { id } = await promised(under);
    const end = await under.promises.callBack(id, undefined, () => {});
    expect(end).toMatchObject({ reached: false, promise: { state: 'open', attempts: 1 } });
    expect(end.says).toMatch(says);
  });

  it('rings the phone that the operator names, and twice asked for rings once', async () => {
    const mobile = '+14165550042';
    await using under = await testPromises({ [mobile]: person, [caller]: person });
    const { id } = await promised(under);
    const both = await Promise.all([
      under.promises.callBack(id, mobile, () => {}),
      under.promises.callBack(id, mobile, () => {}),
    ]);
    expect(both.map(({ reached }) => reached)).toEqual([true, true]);
    expect(under.twilio.account.calls.placed.map(({ order }) => order.to)).toEqual([mobile]);
  });

  it('says what stands in the way', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    under.reachable.origin = null;
    await expect(under.promises.callBack(id, undefined, () => {})).rejects.toThrow(/no way to Patchbay/);
    await expect(under.promises.callBack(id, caller, () => {})).rejects.toThrow(/own number/);
    await under.promises.mark(id);
    await expect(under.promises.callBack(id, undefined, () => {})).rejects.toThrow(ProblemError);
    expect(() => under.promises.callBack('none', undefined, () => {})).toThrow(UnknownPromiseError);
    expect(under.twilio.account.calls.placed).toEqual([]);
  });

  it('answers Twilio about a call back that is over', async () => {
    await using under = await testPromises();
    expect(under.promises.keyPressed('unknown', '1')).toContain('over already');
    expect(under.promises.dialEnded('unknown', 'answered')).toContain('<Hangup/>');
  });
});
