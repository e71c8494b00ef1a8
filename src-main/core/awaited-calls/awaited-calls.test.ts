import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributeOf, incomingCall, SignedRequests } from '../../../e2e/fixtures/signed-requests.ts';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { createRehearsalTunnels } from '../../rehearsal/rehearsal-tunnels.ts';
import { reduceCall } from '../calls/call-state.ts';
import { CallQueries } from '../database/calls.ts';
import { openDatabase } from '../database/open-database.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import {
  businessNumber,
  type CoreUnderTest,
  caller,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
} from '../test-support/core-under-test.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { received } from '../test-support/sample-call.ts';

const billing = '+14165550031';
const sales = '+14165550032';
const platformNumber = '+16475550000';
const otherCaller = '+14165550188';

const integration = (more = '') => `,
      handOverNumber: "${businessNumber}"${more},
      dynamic: { rules: [
        { name: Billing, when: { field: { department: billing } }, to: "${billing}" },
        { name: Downtown, when: { called: "${platformNumber}" }, to: "${sales}" },
        { name: By the workflow, when: { workflow: reception }, to: "${billing}" } ] },
      ring: { screen: true }, noAnswer: [next, message]`;

/** The core with its number attached at the rehearsed Twilio, under a public URL that is proven. */
async function attached(more?: string) {
  const twilio = await rehearseTwilio({ numbers: [businessNumber] });
  const clock = handClock(Date.now());
  const under = await startCore(deskYaml({ integration: integration(more) }), {
    tunnel: null,
    ports: { twilio: twilio.rest, vault: twilio.vault, tunnels: createRehearsalTunnels(), clock },
  });
  const { core } = under;
  const { account } = twilio;
  await core.account.connect({ accountSid: account.sid, authToken: account.authToken });
  await core.tunnel.use({ kind: 'ngrok' });
  const { sid } = account.number(businessNumber);
  const { token } = await core.numbers.planAttach(sid, 'reception');
  await core.numbers.attach({ sid, workflowId: 'reception', token }, () => {});
  return {
    twilio,
    under,
    core,
    clock,
    async [Symbol.asyncDispose]() {
      await under[Symbol.asyncDispose]();
      await twilio[Symbol.asyncDispose]();
    },
  };
}

async function ask(under: CoreUnderTest, body: unknown, dialect = ''): Promise<unknown> {
  const response = await fetch(`${under.webhookUrl}/transfer/${routerKey}${dialect && `/${dialect}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

let calls = 0;
/** A call comes to the number. @returns the TwiML, and what is on record. */
async function ring(
  { under, twilio }: Pick<Awaited<ReturnType<typeof attached>>, 'under' | 'twilio'>,
  from: string,
  more: Record<string, string> = {},
) {
  calls += 1;
  const { sid, authToken } = twilio.account;
  const CallSid = more.CallSid ?? `CA${String(calls).padStart(32, '0')}`;
  const fields = { ...incomingCall(CallSid, from, businessNumber), AccountSid: sid, ...more };
  const signed = new SignedRequests(under.webhookUrl, authToken);
  const { text } = await signed.post('/twilio/voice', fields);
  const detail = under.core.getCall(CallSid);
  if (detail === undefined) throw new Error('the call is not on record');
  return { CallSid, fields, signed, twiml: text, call: detail.call, events: detail.events };
}

const factsOf = ({ events }: Awaited<ReturnType<typeof ring>>) => events.map(({ fact }) => fact.type);

describe('a platform that is answered with the hand-over number', () => {
  it('gets it in its own words, and nothing is decided before its call comes', async () => {
    await using at = await attached();
    expect(await ask(at.under, { number: caller })).toEqual({ transferNumber: businessNumber });
    expect(
      await ask(
        at.under,
        { message: { type: 'transfer-destination-request', customer: { number: caller } } },
        'vapi',
      ),
    ).toEqual({ destination: { type: 'number', number: businessNumber } });
    expect(at.core.listTransfers({ limit: 9 })).toMatchObject([
      { dialect: 'vapi', isAwaited: true, callId: null, problem: null },
      { dialect: 'callcow', isAwaited: true, callId: null, destination: businessNumber },
    ]);
  });

  it('has its caller rung at once, with all that it told', async () => {
    await using at = await attached();
    const message = {
      type: 'transfer-destination-request',
      customer: { number: caller },
      phoneNumber: { number: platformNumber },
      functionCall: { parameters: { department: 'billing', transferReason: 'The bill is wrong' } },
    };
    await ask(at.under, { message }, 'vapi');
    const rung = await ring(at, caller);
    expect(rung.twiml).toContain(`>${billing}</Number>`);
    expect(rung.twiml).not.toContain('<ConversationRelay');
    // The platform must not give up while the plan goes on.
    expect(attributeOf(rung.twiml, 'answerOnBridge')).toBe('false');
    expect(rung.call).toMatchObject({
      from: caller,
      workflowId: 'reception',
      phase: 'ringing',
      handedOver: { platform: 'Vapi', matchedBy: 'caller', called: platformNumber },
      transfer: { cause: 'platform', reason: 'The bill is wrong', department: 'billing' },
      decision: { via: 'rule', rule: 'Billing' },
    });
    expect(factsOf(rung).slice(0, 4)).toEqual([
      'received',
      'handed-over',
      'transfer.requested',
      'transfer.decided',
    ]);
    const [transfer] = at.core.listTransfers({ limit: 1 });
    expect(transfer).toMatchObject({ id: rung.call.handedOver?.transferId, callId: rung.call.id });
    const heard = await rung.signed.post(attributeOf(rung.twiml, 'url'), rung.fields);
    expect(heard.text).toContain('The bill is wrong');
    expect(at.core.explainCall(rung.call.id)).toMatchObject({
      isSame: true,
      explanation: { destinations: [billing, staticNumber], number: caller },
    });
  });

  it('goes by the number that its caller had called, and by no workflow of ours', async () => {
    await using at = await attached(`, platformNumber: "${platformNumber}"`);
    await ask(at.under, { number: caller });
    const { call } = await ring(at, caller);
    expect(call.decision).toMatchObject({ rule: 'Downtown', destinations: [sales, staticNumber] });
    const yaml = at.core.exportDesk();
    expect(at.core.replays.replay({ yaml, last: 9 })).toMatchObject({ decisions: 1, same: 1 });
    const edited = yaml.replace(sales, '+14165550039');
    expect(at.core.replays.replay({ yaml: edited, last: 9 }).changes).toHaveLength(1);
  });

  it('has its own call told of together with ours', async () => {
    await using at = await attached();
    await ask(at.under, { number: caller });
    const { call } = await ring(at, caller);
    expect(at.core.getCall(call.id)?.platformCall).toBeNull();
    const told = {
      call_id: 'c1',
      phone_number_from: caller,
      call_status: 'success',
      call_summary: 'A leak.',
    };
    await fetch(`${at.under.webhookUrl}/calls/${routerKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(told),
    });
    expect(at.core.getCall(call.id)?.platformCall).toMatchObject({ callId: 'c1', summary: 'A leak.' });
  });
});

describe('when the platform shows its own number', () => {
  const shown = `, platformNumber: "${platformNumber}"`;

  it('the only caller who is awaited has come; the human sees a number that Twilio may show', async () => {
    await using at = await attached(shown);
    await ask(at.under, { number: caller });
    const { call, twiml } = await ring(at, platformNumber, { CallerName: 'A PLATFORM' });
    expect(call).toMatchObject({ from: caller, handedOver: { matchedBy: 'platform-number' } });
    expect(attributeOf(twiml, 'callerId')).toBe(businessNumber);
    expect(at.core.getCall(call.id)?.caller.number).toBe(caller);
    expect(JSON.stringify(at.core.getCall(call.id)?.events)).not.toContain('A PLATFORM');
  });

  it('two who are awaited are not told apart: the AI answers', async () => {
    await using at = await attached(shown);
    await ask(at.under, { number: caller });
    await ask(at.under, { number: otherCaller });
    const { call, twiml } = await ring(at, platformNumber);
    expect(twiml).toContain('<ConversationRelay');
    expect(call).toMatchObject({ from: platformNumber, handedOver: null, phase: 'talking' });
    expect(at.core.listTransfers({ limit: 9 }).map(({ callId }) => callId)).toEqual([null, null]);
  });

  it('it is not told from a stranger’s where the number is not set', async () => {
    await using at = await attached();
    await ask(at.under, { number: caller });
    for (const from of [platformNumber, 'anonymous']) {
      expect((await ring(at, from)).call.handedOver).toBeNull();
    }
  });

  it('the number of its own that a platform tells counts as well', async () => {
    await using at = await attached();
    const message = { customer: { number: caller }, phoneNumber: { number: platformNumber } };
    await ask(at.under, { message }, 'vapi');
    expect((await ring(at, platformNumber)).call.handedOver).toMatchObject({ called: platformNumber });
  });

  it('a forwarded call without a number counts as the platform’s', async () => {
    await using at = await attached(shown);
    await ask(at.under, { number: caller });
    const { call } = await ring(at, 'anonymous', { ForwardedFrom: platformNumber });
    expect(call).toMatchObject({ from: caller, handedOver: { matchedBy: 'platform-number' } });
  });
});

describe('a transfer becomes one call', () => {
  it('when Twilio delivers it twice, at once or later', async () => {
    await using at = await attached();
    await ask(at.under, { number: caller });
    const CallSid = `CA${'d'.repeat(32)}`;
    const both = await Promise.all([ring(at, caller, { CallSid }), ring(at, caller, { CallSid })]);
    const again = await ring(at, caller, { CallSid });
    expect(new Set([...both, again].map(({ twiml }) => twiml)).size).toBe(1);
    expect(factsOf(again).filter((type) => type === 'dial.started')).toHaveLength(1);
  });

  it('when two calls of the caller come at the same time', async () => {
    await using at = await attached();
    await ask(at.under, { number: caller });
    const two = await Promise.all([ring(at, caller), ring(at, caller)]);
    expect(two.map(({ call }) => call.handedOver !== null).toSorted()).toEqual([false, true]);
  });

  it('across a restart, before and after the call', async () => {
    await using at = await attached();
    await ask(at.under, { number: caller });
    const { twilio } = at;
    await using again = await at.under.restart();
    const first = await ring({ under: again, twilio }, caller);
    expect(first.call.handedOver).toMatchObject({ platform: 'CallCow' });
    await using third = await again.restart();
    expect((await ring({ under: third, twilio }, caller)).call.handedOver).toBeNull();
    const { CallSid } = first;
    expect((await ring({ under: third, twilio }, caller, { CallSid })).twiml).toBe(first.twiml);
  });
});

it('a stop between the first facts and the answer changes nothing: the human is rung', async () => {
  await using at = await attached();
  await at.under.core.stop();
  const CallSid = `CA${'e'.repeat(32)}`;
  const db = openDatabase(join(at.under.dataDir, 'patchbay.db'), {
    logger: rememberingLogger(),
    clock: at.clock,
  });
  const handedOver = {
    transferId: 1,
    integrationId: 'desk',
    dialect: 'callcow' as const,
    platform: 'CallCow',
    matchedBy: 'caller' as const,
    called: null,
    fields: { department: 'billing' },
  };
  const first = {
    ...received,
    callSid: CallSid,
    from: caller,
    workflowId: 'reception',
    safetyNet: { integrationId: 'desk', staticNumber },
  };
  let view: CallView | null = null;
  for (const fact of [first, { type: 'handed-over' as const, ...handedOver }]) {
    const event = { callId: 'a-call', seq: (view?.lastSeq ?? 0) + 1, at: at.clock.now(), fact };
    view = reduceCall(view, event);
    new CallQueries(db).insertEvent(event);
  }
  if (view !== null) new CallQueries(db).saveView(view);
  db.close();
  await using again = await at.under.restart();
  const { twiml, call } = await ring({ under: again, twilio: at.twilio }, caller, { CallSid });
  expect(twiml).toContain(`>${billing}</Number>`);
  expect(call).toMatchObject({ id: 'a-call', transfer: { cause: 'platform' }, relaysOffered: 0 });
});

it('a call that comes too late is an ordinary one', async () => {
  await using at = await attached();
  await ask(at.under, { number: caller });
  at.clock.set(at.clock.now() + 3 * 60_000 + 1);
  expect((await ring(at, caller)).call.handedOver).toBeNull();
});

it('where nobody takes the call, the AI of the number takes a message', async () => {
  await using at = await attached();
  await ask(at.under, { number: caller });
  const { call, signed, fields, twiml } = await ring(at, caller);
  const ended = { ...fields, CallStatus: 'in-progress', DialCallStatus: 'no-answer', DialCallSid: 'CAleg' };
  const message = await signed.post(attributeOf(twiml, 'action'), ended);
  expect(message.text).toContain('<ConversationRelay');
  expect(at.core.getCall(call.id)?.call).toMatchObject({ phase: 'taking-message', offered: ['message'] });
});

describe('a hand-over number that leads nowhere now is not answered', () => {
  it('the platform gets a destination at once, and everybody can see why', async () => {
    await using at = await attached();
    const { sid } = at.twilio.account.number(businessNumber);
    const { token } = await at.core.numbers.planDetach(sid);
    await at.core.numbers.detach({ sid, token }, () => {});
    expect(await ask(at.under, { number: caller })).toEqual({ transferNumber: staticNumber });
    expect(at.core.listTransfers({ limit: 1 })).toMatchObject([
      { isAwaited: false, problem: expect.stringContaining('it is not attached to Patchbay') },
    ]);
    expect(at.core.status().warnings).toContainEqual(
      expect.stringContaining(`hand-over number ${businessNumber}, because it is not attached`),
    );
    // Nothing awaits the call of somebody who calls there all the same.
    expect((await ring(at, caller)).call.handedOver).toBeNull();
  });

  it('nor while the public URL is not proven', async () => {
    await using at = await attached();
    expect(at.core.status().warnings.join()).not.toContain('hand-over');
    await at.core.tunnel.use({ kind: 'off' });
    expect(await ask(at.under, { number: caller })).toEqual({ transferNumber: staticNumber });
    expect(at.core.listTransfers({ limit: 1 })[0]?.problem).toContain('not proven');
  });
});
