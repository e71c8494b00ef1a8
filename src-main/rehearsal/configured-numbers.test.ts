import { describe, expect, it } from 'vitest';
import type { CallPlan } from './call-plan.ts';
import { PlacedCall } from './placed-call.ts';
import { lineFor } from './rest/calls-line.ts';
import { RehearsalAccount } from './rest/rehearsal-account-state.ts';
import type { RehearsedNumber } from './rest/rehearsal-numbers.ts';
import { ScriptTime } from './script-time.ts';
import {
  account as credentials,
  FakePatchbay,
  planOf,
  publicUrl,
  startFake,
} from './test-fixtures/fake-patchbay.ts';

const number = '+14165550100';
const staticNumber = '+14165551234';
/** An account with one number, and a net under it that dials the static number. */
function accountWith(configuration: Partial<RehearsedNumber>): { account: RehearsalAccount; netUrl: string } {
  const account = new RehearsalAccount({
    ...credentials,
    numbers: [{ phoneNumber: number, ...configuration }],
  });
  const { serverless } = account;
  const service = serverless.addService({
    uniqueName: 'net',
    friendlyName: 'Net',
    includeCredentials: false,
    uiEditable: false,
  });
  const version = {
    ...serverless.made('ZN'),
    serviceSid: service.sid,
    functionSid: 'ZH1',
    path: '/answer',
    visibility: 'protected' as const,
    content: `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      if (event.DialCallStatus) twiml.say('Nobody is there. ' + event.DialCallStatus);
      else twiml.dial({ action: '/answer', timeout: 20, callerId: event.From }).number('${staticNumber}');
      callback(null, twiml);
    };`,
  };
  const build = serverless.addBuild(service.sid, [version], 'node22');
  const domainName = `${service.domainBase}.twil.io`;
  serverless.environments.push({
    ...serverless.made('ZE'),
    serviceSid: service.sid,
    uniqueName: 'live',
    domainSuffix: null,
    domainName,
    buildSid: build.sid,
  });
  return { account, netUrl: `https://${domainName}/answer` };
}

function place(account: RehearsalAccount, webhookUrl: string, plan: CallPlan = planOf()): PlacedCall {
  return new PlacedCall(plan, lineFor(account, { time: new ScriptTime(200), webhookUrl, publicUrl }));
}

/** An address on this machine where nobody listens any more. */
async function goneUrl(): Promise<string> {
  const fake = await new FakePatchbay({}).start();
  await fake.stop();
  return fake.url;
}

describe('a call to a number of the account', () => {
  it('goes to its voice URL, signed without the fragment, and its end to the status callback', async () => {
    const fake = await startFake({ '/here': '<Response><Say>Hello</Say></Response>' });
    const { account } = accountWith({
      voiceUrl: `${publicUrl}/here#ct=2000&rc=1`,
      statusCallback: `${publicUrl}/over`,
    });
    const record = await place(account, fake.url).ended;
    expect(record).toMatchObject({ error: undefined, problems: [] });
    expect(fake.paths()).toEqual(['/here', '/over']);
    expect(fake.requests.every(({ signed }) => signed)).toBe(true);
    expect(fake.last('/over')?.params).toMatchObject({
      CallSid: record.callSid,
      CallStatus: 'completed',
      CallDuration: expect.stringMatching(/^\d+$/),
      Direction: 'inbound',
    });
  });

  it('tells the status callback, too, when the caller hangs up', async () => {
    const fake = await startFake({ '/here': '<Response><Pause length="600"/></Response>' });
    const { account } = accountWith({
      voiceUrl: `${publicUrl}/here`,
      statusCallback: `${publicUrl}/over`,
    });
    const call = place(account, fake.url);
    await call.watch.until(() => call.situation.at === 'announcement');
    call.hangUp();
    await call.ended;
    expect(fake.last('/over')).toMatchObject({ signed: true, params: { CallStatus: 'completed' } });
  });

  it('asks again when the address allows it', async () => {
    let asked = 0;
    const fake = await startFake({
      '/here': () => {
        asked += 1;
        return asked === 1 ? { status: 503 } : '<Response><Say>Hello</Say></Response>';
      },
    });
    const { account } = accountWith({ voiceUrl: `${publicUrl}/here#rp=5xx,rt&rc=2` });
    const record = await place(account, fake.url).ended;
    expect(record.error).toBeUndefined();
    expect(asked).toBe(2);
    const tokens = fake.requests.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(1);
  });

  it('is rung through to Patchbay where nothing is configured', async () => {
    const fake = await startFake({});
    const { account } = accountWith({});
    await place(account, fake.url).ended;
    expect(fake.paths()).toEqual(['/twilio/voice']);
  });

  it('is answered by the net when Patchbay is gone, and rings the static number', async () => {
    const { account, netUrl } = accountWith({ voiceUrl: `${publicUrl}/twilio/voice#rc=0` });
    account.number(number).voiceFallbackUrl = netUrl;
    const plan = planOf([], {
      destinations: {
        [staticNumber]: [{ outcome: 'answers', afterSeconds: 3, talkSeconds: 20, presses: '1' }],
      },
    });
    const record = await place(account, await goneUrl(), plan).ended;
    expect(record).toMatchObject({
      error: undefined,
      rung: [{ number: staticNumber, callerId: '+14165559999', status: 'completed' }],
    });
    expect(record.problems).toHaveLength(1);
    expect(account.alerts).toMatchObject([
      { errorCode: '11205', callSid: record.callSid, requestUrl: `${publicUrl}/twilio/voice` },
    ]);
  });

  it('hears from the net that nobody is there: a path in it leads to the net again', async () => {
    const { account, netUrl } = accountWith({ voiceUrl: `${publicUrl}/twilio/voice#rc=0` });
    account.number(number).voiceFallbackUrl = netUrl;
    const plan = planOf([], { destinations: { [staticNumber]: [{ outcome: 'no-answer' }] } });
    const record = await place(account, await goneUrl(), plan).ended;
    expect(record.rung).toMatchObject([{ number: staticNumber, status: 'no-answer' }]);
    expect(record.trace.map(({ what }) => what)).toContain('said "Nobody is there. no-answer"');
  });

  it.each([
    ['an error', { status: 502, body: 'Bad gateway' }, '11200'],
    ['no TwiML', { type: 'application/json', body: '{}' }, '12300'],
    ['silence', { delayMs: 2000 }, '11205'],
  ])('falls back on %s, and says what was wrong', async (_what, answer, code) => {
    const fake = await startFake({ '/twilio/voice': answer });
    const { account } = accountWith({
      voiceUrl: `${publicUrl}/twilio/voice#rt=150&rc=0`,
      voiceFallbackUrl: `${publicUrl}/fallback`,
    });
    const record = await place(account, fake.url).ended;
    expect(record.error).toBeUndefined();
    expect(fake.last('/fallback')?.params).toMatchObject({
      ErrorCode: code,
      ErrorUrl: `${publicUrl}/twilio/voice`,
      CallStatus: 'ringing',
    });
    expect(account.alerts.map(({ errorCode }) => errorCode)).toEqual([code]);
  });

  it('falls back later in the call, too, but once', async () => {
    const fake = await startFake({
      '/twilio/voice': '<Response><Redirect>/next</Redirect></Response>',
      '/next': { status: 500 },
      '/fallback': '<Response><Redirect>/next</Redirect></Response>',
    });
    const { account } = accountWith({
      voiceUrl: `${publicUrl}/twilio/voice`,
      voiceFallbackUrl: `${publicUrl}/fallback`,
    });
    const record = await place(account, fake.url).ended;
    expect(fake.paths()).toEqual(['/twilio/voice', '/next', '/fallback', '/next']);
    expect(record).toMatchObject({ endedBy: 'error', error: { code: 11200 } });
    expect(account.alerts).toHaveLength(2);
  });

  it('ends with Twilio’s own words where there is no fallback', async () => {
    const { account } = accountWith({ voiceUrl: `${publicUrl}/twilio/voice#rc=0` });
    const record = await place(account, await goneUrl()).ended;
    expect(record).toMatchObject({ endedBy: 'error', error: { code: 11205 } });
    expect(record.trace.map(({ what }) => what)).toContain(
      'said "We are sorry, an application error has occurred. Goodbye."',
    );
  });
});
