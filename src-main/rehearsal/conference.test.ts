import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RehearsalLine } from './rehearsal-line.ts';
import { openApiCheck } from './rest/test-support/openapi-check.ts';
import {
  account,
  type FakePatchbay,
  lineTo,
  planOf,
  publicUrl,
  startFake,
} from './test-fixtures/fake-patchbay.ts';

const business = '+14165550100';
const plumber = '+14165550031';
const conference = (attributes: string, dial = '') =>
  `<Response><Dial action="/left" ${dial}><Conference beep="false" ${attributes}>room</Conference></Dial></Response>`;
const waits = conference(
  'startConferenceOnEnter="false" statusCallback="/conference" statusCallbackEvent="start end join leave"',
);
const joins = conference('startConferenceOnEnter="true" endConferenceOnExit="true"');

/** A line whose REST side is open, and every exchange with it is held against Twilio's files. */
async function openLine(fake: FakePatchbay): Promise<{ line: RehearsalLine; rest: Rest }> {
  const check = openApiCheck();
  const line = lineTo(fake, { check });
  const { apiUrl } = await line.start();
  onTestFinished(async () => {
    await line.stop();
    check?.throwIfViolated();
  });
  line.own(business);
  return { line, rest: (path, form) => askRest(apiUrl, path, form) };
}

type Rest = (
  path: string,
  form?: Record<string, string> | URLSearchParams,
) => Promise<{ status: number; json: Record<string, unknown> }>;

async function askRest(apiUrl: string, path: string, form?: Record<string, string> | URLSearchParams) {
  const response = await fetch(`${apiUrl}/api/2010-04-01/Accounts/${account.sid}${path}`, {
    headers: { Authorization: `Basic ${btoa(`${account.sid}:${account.authToken}`)}` },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const eventsOf = (fake: FakePatchbay) =>
  fake.requests.filter(({ path }) => path === '/conference').map(({ params }) => params.StatusCallbackEvent);

describe('a conference on the rehearsal line', () => {
  it('is where a caller meets somebody who was called over the API, until that one leaves', async () => {
    const fake = await startFake({
      '/twilio/voice': waits,
      '/human': joins,
      '/left': '<Response><Hangup/></Response>',
    });
    const { line, rest } = await openLine(fake);
    const caller = line.place(
      planOf(
        [
          { do: 'wait-for', moment: 'on-hold' },
          { do: 'wait-for', moment: 'connected' },
        ],
        {
          destinations: {
            [plumber]: [{ outcome: 'answers', afterSeconds: 2, talkSeconds: 30, presses: '1' }],
          },
        },
      ),
    );
    await caller.watch.until(() => caller.situation.at === 'on-hold');
    const order = {
      From: business,
      To: plumber,
      Url: `${publicUrl}/human`,
      StatusCallback: `${publicUrl}/leg`,
    };
    expect((await rest('/Calls.json', order)).status).toBe(201);
    const record = await caller.ended;
    expect([...record.problems, ...record.undone]).toEqual([]);
    expect(record).toMatchObject({ endedBy: 'destination', error: undefined });
    expect(record.rung).toEqual([{ number: plumber, callerId: business, status: 'completed' }]);
    await vi.waitFor(() => expect(eventsOf(fake)).toHaveLength(6));
    expect(eventsOf(fake)).toEqual([
      'participant-join',
      'participant-join',
      'conference-start',
      'participant-leave',
      'participant-leave',
      'conference-end',
    ]);
    const left = fake.requests.filter(({ path }) => path === '/left').map(({ params }) => params);
    expect(left.find(({ CallSid }) => CallSid === record.callSid)).toMatchObject({
      DialCallStatus: 'answered',
      CallStatus: 'in-progress',
    });
  });

  it('goes on without whoever may leave it', async () => {
    const fake = await startFake({
      '/twilio/voice': ({ params }) =>
        conference('endConferenceOnExit="false"', params.From === '+14165559999' ? '' : 'timeLimit="20"'),
      '/left': '<Response><Say>Goodbye</Say></Response>',
    });
    const { line } = await openLine(fake);
    const stays = line.place(planOf([{ do: 'wait-for', moment: 'connected' }]));
    const leaves = line.place(planOf([], { from: '+14165558888' }));
    const record = await leaves.ended;
    expect(record.trace.map(({ what }) => what)).toContain(
      'took the caller out of the conference: 20 s are over',
    );
    expect(stays.situation.at).toBe('on-hold');
    stays.hangUp();
    expect((await stays.ended).undone).toEqual([]);
  });

  it('is left by a caller who is led elsewhere over the API', async () => {
    const fake = await startFake({
      '/twilio/voice': waits,
      '/over': '<Response><Say>Nobody is there</Say><Hangup/></Response>',
    });
    const { line, rest } = await openLine(fake);
    const caller = line.place(planOf());
    await caller.watch.until(() => caller.situation.at === 'on-hold');
    const path = `/Calls/${caller.callSid}.json`;
    expect((await rest(path)).json).toMatchObject({
      status: 'in-progress',
      direction: 'inbound',
      to: business,
    });
    const led = await rest(path, { Url: `${publicUrl}/over`, Method: 'POST' });
    expect(led).toMatchObject({ status: 200, json: { sid: caller.callSid } });
    const record = await caller.ended;
    expect(record.trace.map(({ what }) => what)).toContain('said "Nobody is there"');
    // The Dial that it was led out of reports nothing.
    expect(fake.paths()).not.toContain('/left');
    expect((await rest(path)).json).toMatchObject({ status: 'completed' });
    expect(await rest(path, { Twiml: '<Response/>' })).toMatchObject({ status: 400, json: { code: 21220 } });
  });
});

describe('a call over the API for a caller on the line', () => {
  it('shows the caller’s number only with Twilio’s token for it', async () => {
    const fake = await startFake({ '/twilio/voice': waits });
    const { line, rest } = await openLine(fake);
    const caller = line.place(planOf());
    await caller.watch.until(() => caller.situation.at === 'on-hold');
    const token = fake.last('/twilio/voice')?.params.CallToken ?? '';
    const order = { From: '+14165559999', To: plumber, Twiml: '<Response><Hangup/></Response>' };
    expect((await rest('/Calls.json', order)).json).toMatchObject({ code: 21210 });
    expect((await rest('/Calls.json', { ...order, CallToken: 'made-up' })).json).toMatchObject({
      code: 21210,
    });
    expect((await rest('/Calls.json', { ...order, CallToken: token })).status).toBe(201);
    const withheld = line.place(planOf([], { from: null }));
    await withheld.watch.until(() => withheld.situation.at === 'on-hold');
    expect(fake.last('/twilio/voice')?.params).not.toHaveProperty('CallToken');
  });

  it('is told of the wrong way round and twice where the script says so', async () => {
    const fake = await startFake({ '/twilio/voice': waits });
    const { line, rest } = await openLine(fake);
    const caller = line.place(
      planOf([], {
        faults: { callbacksShuffled: true },
        destinations: { [plumber]: [{ outcome: 'busy', afterSeconds: 1 }] },
      }),
    );
    await caller.watch.until(() => caller.situation.at === 'on-hold');
    const form = new URLSearchParams({
      From: business,
      To: plumber,
      Twiml: '<Response/>',
      StatusCallback: `${publicUrl}/leg`,
    });
    for (const event of ['initiated', 'ringing', 'answered', 'completed'])
      form.append('StatusCallbackEvent', event);
    await rest('/Calls.json', form);
    const reports = () =>
      fake.requests.filter(({ path }) => path === '/leg').map(({ params }) => params.CallStatus);
    await vi.waitFor(() => expect(reports()).toHaveLength(6));
    expect(reports()).toEqual(['ringing', 'initiated', 'ringing', 'initiated', 'busy', 'busy']);
    caller.hangUp();
  });
});
