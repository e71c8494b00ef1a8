import { describe, expect, it, vi } from 'vitest';
import type { DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import type { CallScript } from '../../rehearsal/rest/call-scripts.ts';
import { ProblemError } from '../errors.ts';
import {
  businessNumber,
  secondNumber,
  staticNumber,
  type TestedDestinations,
  testDestinations,
} from './test-support/tested-destinations.ts';

const callsPath = /\/Calls\.json$/;
const request = { number: staticNumber, integrationId: 'front-desk' };

/** Rings the static number, whose phone does what the script says. */
async function ring(under: TestedDestinations, script: CallScript, more: Partial<typeof request> = {}) {
  under.twilio.account.callScripts.set(staticNumber, script);
  const steps: string[] = [];
  const test = await under.destinations.ring({ ...request, ...more }, (says) => steps.push(says));
  return { test, steps };
}

const placed = (under: TestedDestinations) =>
  under.twilio.account.calls.placed.map(({ order: { from, to } }) => ({ from, to }));

describe('a test call', () => {
  it('is answered by a person who presses a key', async () => {
    await using under = await testDestinations();
    const { test, steps } = await ring(under, { kind: 'person', afterSeconds: 6, presses: '5' });
    expect(test.call).toEqual({
      outcome: 'person',
      says: 'A person picked up after 6 s and pressed a key.',
      pickedUpAfterSeconds: 6,
      problem: null,
    });
    expect(test.checks.find(({ id }) => id === 'call')?.verdict).toBe('ok');
    expect(under.keys).toEqual([
      {
        path: expect.stringMatching(/^\/twilio\/destination-tests\/[A-Za-z0-9_-]{43}$/),
        digits: '5',
        answer: expect.stringContaining('Thank you.'),
      },
    ]);
    expect(steps).toEqual([
      'Patchbay looks at the number first.',
      `Twilio calls ${staticNumber} from ${businessNumber}.`,
      'The phone rings.',
      'Picked up: press any key when the voice asks for it.',
      'A key was pressed.',
      'A person picked up after 6 s and pressed a key.',
    ]);
    expect(under.destinations.list()[0]?.test).toEqual(test);
    expect(under.restarted().list()[0]?.test).toEqual(test);
  });

  it('says who calls, and asks Twilio to tell machines', async () => {
    await using under = await testDestinations();
    await ring(under, { kind: 'person', afterSeconds: 2, presses: '1' });
    const { params } =
      under.twilio.account.requests.find(({ path, method }) => method === 'POST' && callsPath.test(path)) ??
      {};
    expect(params).toMatchObject({ Timeout: '55', TimeLimit: '60', MachineDetection: 'Enable' });
    expect(params?.Twiml).toContain('calling for Harbour Plumbing, testing the number for Front desk');
  });

  it('says the name in the Business Profile where the account has none of its own', async () => {
    await using under = await testDestinations({ friendlyName: 'My first Twilio account' });
    under.connected.profileName = 'Harbour Plumbing <Ltd.>';
    await ring(under, { kind: 'busy' });
    const { params } = under.twilio.account.requests.find(({ method }) => method === 'POST') ?? {};
    expect(params?.Twiml).toContain('calling for Harbour Plumbing &lt;Ltd.&gt;, testing');
  });

  it.each<[string, CallScript, string, number | null]>([
    ['voicemail', { kind: 'voicemail', afterSeconds: 18 }, 'A voicemail picked up after 18 s.', 18],
    ['unconfirmed', { kind: 'person', afterSeconds: 3, presses: null }, 'no key was pressed', 3],
    ['nobody', { kind: 'busy' }, 'busy', null],
    ['nobody', { kind: 'no-answer' }, 'nobody picked up', null],
  ])('ends with %s: %o', async (outcome, script, says, pickedUpAfterSeconds) => {
    await using under = await testDestinations();
    const { test } = await ring(under, script);
    expect(test.call).toMatchObject({ outcome, pickedUpAfterSeconds, problem: null });
    expect(test.call?.says).toContain(says);
    expect(test.checks.find(({ id }) => id === 'call')?.verdict).toBe('warning');
  });

  it('fails with Twilio’s code and its remedy, noted beside the call', async () => {
    await using under = await testDestinations();
    const { test } = await ring(under, { kind: 'failed', code: 13225 });
    expect(test.call).toMatchObject({ outcome: 'failed', problem: { code: 13225 } });
    expect(test.call?.problem?.remedy).toMatch(/\w/);
    expect(test.checks.find(({ id }) => id === 'call')).toMatchObject({
      verdict: 'broken',
      remedy: test.call?.problem?.remedy,
    });
  });

  it('hears out who picks up late', async () => {
    await using under = await testDestinations();
    const { test } = await ring(under, { kind: 'person', afterSeconds: 54, presses: null });
    expect(test.call).toMatchObject({ outcome: 'unconfirmed', pickedUpAfterSeconds: 54 });
    expect(under.twilio.account.requests.some(({ params }) => params.Status === 'completed')).toBe(false);
  });

  it('fails with the code with which Twilio refused to place it', async () => {
    await using under = await testDestinations();
    under.twilio.account.fail({ method: 'POST', path: callsPath }, { status: 400, code: 21216, times: 1 });
    const { test } = await ring(under, { kind: 'busy' });
    expect(test.call).toMatchObject({ outcome: 'failed', problem: { code: 21216 } });
    expect(under.destinations.list()[0]?.test).toEqual(test);
  });

  it('hears no key before Patchbay has a public address, and says so', async () => {
    await using under = await testDestinations();
    under.reachable.origin = null;
    const { test, steps } = await ring(under, { kind: 'person', afterSeconds: 2, presses: '1' });
    expect(test.call).toMatchObject({
      outcome: 'unconfirmed',
      says: expect.stringContaining('no public address yet'),
    });
    expect(under.keys).toEqual([]);
    expect(steps[1]).toContain('can’t hear a key');
    const voicemail = await ring(under, { kind: 'voicemail', afterSeconds: 20 });
    expect(voicemail.test.call?.outcome).toBe('voicemail');
  });

  it('comes from the workflow’s own number where the account has it, else from another one', async () => {
    await using own = await testDestinations();
    await ring(own, { kind: 'busy' });
    expect(placed(own)).toEqual([{ from: businessNumber, to: staticNumber }]);
    await using other = await testDestinations({ numbers: ['+14165550177'] });
    await ring(other, { kind: 'busy' });
    expect(placed(other)).toEqual([{ from: '+14165550177', to: staticNumber }]);
    await using second = await testDestinations({ numbers: [businessNumber, secondNumber] });
    await ring(second, { kind: 'busy' }, { integrationId: 'accounts' });
    expect(placed(second)).toEqual([{ from: secondNumber, to: staticNumber }]);
  });
});

describe('no test call is placed', () => {
  const refused = async (under: TestedDestinations, number = staticNumber) => {
    const outcome = await under.destinations
      .ring({ ...request, number }, () => {})
      .catch((thrown: unknown) => thrown);
    expect(under.asked('POST', /./)).toBe(0);
    return outcome instanceof ProblemError ? outcome.problem : outcome;
  };

  it('without a number to call from', async () => {
    await using under = await testDestinations({ numbers: [] });
    expect(await refused(under)).toMatchObject({
      says: expect.stringContaining('no number'),
      link: expect.any(String),
    });
  });

  it('to what is no phone, or what Patchbay itself answers', async () => {
    await using under = await testDestinations();
    expect(await refused(under, '911')).toMatchObject({ says: expect.stringContaining('emergency') });
    expect(await refused(under, businessNumber)).toMatchObject({
      says: expect.stringContaining('Patchbay itself'),
    });
  });

  it('to a country that is not allowed, nor from a trial account to a number that is not verified', async () => {
    await using blocked = await testDestinations({ blockedCountries: ['CA'] });
    expect(await refused(blocked)).toMatchObject({ link: expect.stringContaining('geo-permissions') });
    expect(blocked.destinations.list()[0]?.test?.checks.find(({ id }) => id === 'country')?.verdict).toBe(
      'broken',
    );
    await using trial = await testDestinations({ type: 'Trial' });
    expect(await refused(trial)).toMatchObject({ says: expect.stringContaining('not verified') });
  });

  it('without an account, or without a way to Twilio', async () => {
    await using under = await testDestinations();
    under.connected.account = null;
    expect(await refused(under)).toMatchObject({ says: expect.stringContaining('No Twilio account') });
    await using lost = await testDestinations();
    lost.twilio.account.fail({}, { hangUp: true });
    expect(await refused(lost)).toMatchObject({ says: expect.stringContaining('can’t be reached') });
    expect(lost.destinations.list()[0]?.test).toBeNull();
  });
});

describe('a test call happens once', () => {
  it('for two requests at the same time', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'person', afterSeconds: 4, presses: '1' });
    const steps: string[] = [];
    const [first, second, other] = await Promise.all([
      under.destinations.ring(request, () => {}),
      under.destinations.ring(request, (says) => steps.push(says)),
      under.destinations.ring({ number: staticNumber, integrationId: 'accounts' }, () => {}),
    ]);
    expect(placed(under)).toHaveLength(1);
    expect(second).toEqual(first);
    expect(steps).toContain('The phone rings.');
    expect(other).toMatchObject({ integrationId: 'accounts', call: first.call });
    expect(other.checks).toEqual(first.checks);
  });

  it('when the answer to placing it is lost: it is not placed again', async () => {
    await using under = await testDestinations();
    under.twilio.account.fail({ method: 'POST', path: callsPath }, { hangUp: true, afterCarryingOut: true });
    const failed = under.destinations.ring(request, () => {});
    await expect(failed).rejects.toThrow('Twilio may have done what was asked all the same');
    expect(placed(under)).toHaveLength(1);
  });

  it('when the network is gone for a while: it is looked for again', async () => {
    await using under = await testDestinations();
    under.twilio.account.fail({ method: 'GET', path: /\/Calls\/CA/ }, { hangUp: true, times: 9 });
    const { test, steps } = await ring(under, { kind: 'voicemail', afterSeconds: 18 });
    expect(test.call).toMatchObject({ outcome: 'voicemail' });
    expect(steps.filter((says) => says.includes('looked for again'))).toHaveLength(1);
    expect(placed(under)).toHaveLength(1);
  });

  it('when the network stays away: the next check finds out what became of it', async () => {
    await using under = await testDestinations();
    under.twilio.account.fail({ method: 'GET', path: /\/Calls\/CA/ }, { hangUp: true });
    const { test, steps } = await ring(under, { kind: 'no-answer' });
    expect(test.call).toMatchObject({
      outcome: 'unconfirmed',
      says: expect.stringContaining('lost Twilio'),
      problem: null,
    });
    expect(steps.at(-1)).toContain('the next check finds out');
    under.twilio.account.stopFailing();
    const settled = await under.destinations.check({ ...request, lineType: false });
    expect(settled.call).toMatchObject({ outcome: 'nobody', says: 'The phone rang, and nobody picked up.' });
    expect(placed(under)).toHaveLength(1);
  });

  it('is hung up when the time is up', async () => {
    await using under = await testDestinations({}, { patienceMs: 10_000 });
    const { test } = await ring(under, { kind: 'no-answer' });
    expect(test.call).toMatchObject({
      outcome: 'nobody',
      says: 'Nobody had picked up when the time for the test was over.',
    });
    expect(under.twilio.account.calls.placed[0]?.status).toBe('canceled');
  });
});

it('says meanwhile that a test call is under way', async () => {
  await using under = await testDestinations();
  const said: (string | undefined)[] = [];
  let checking: Promise<DestinationTest> | undefined;
  under.twilio.account.callScripts.set(staticNumber, { kind: 'busy' });
  const test = await under.destinations.ring(request, (says) => {
    if (says !== 'The phone rings.') return;
    said.push(under.destinations.list()[0]?.test?.checks.at(-1)?.says);
    checking = under.destinations.check({ ...request, lineType: false });
  });
  expect(said).toEqual(['A test call is under way.']);
  await checking;
  expect(test.call?.outcome).toBe('nobody');
  expect(under.destinations.list()[0]?.test?.call).toEqual(test.call);
});

describe('a stop in the middle', () => {
  it('leaves a test that says so, and the next check finds out what it can', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'no-answer' });
    const stopped = under.destinations.ring(request, (says) => {
      if (says === 'The phone rings.') under.destinations.stop();
    });
    await expect(stopped).rejects.toThrow('Patchbay was stopped during the test call');
    const next = under.restarted();
    const standing = next.list()[0]?.test;
    expect(standing?.call).toMatchObject({
      outcome: 'unconfirmed',
      says: expect.stringContaining('was stopped'),
    });
    expect((await next.check({ ...request, lineType: false })).call?.outcome).toBe('unconfirmed');
    await under.time.advance(120);
    const settled = await next.check({ ...request, lineType: false });
    expect(settled.call).toMatchObject({ outcome: 'nobody', says: 'The phone rang, and nobody picked up.' });
    expect(next.list()[0]?.test).toEqual(settled);
    expect(placed(under)).toHaveLength(1);
  });

  it('is found out about at the next start', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'busy' });
    const stopped = under.destinations.ring(request, (says) => {
      if (says === 'The phone rings.') under.destinations.stop();
    });
    await expect(stopped).rejects.toBeInstanceOf(ProblemError);
    await under.time.advance(120);
    const next = under.restarted();
    next.start();
    await vi.waitFor(() => expect(next.list()[0]?.test?.call?.outcome).toBe('nobody'));
    const lookedAt = under.asked('GET', /\/Calls\/CA/);
    under.restarted().start();
    await under.restarted().check({ ...request, lineType: false });
    expect(under.asked('GET', /\/Calls\/CA/)).toBe(lookedAt);
  });

  it('is settled also when Twilio knows the call no more', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'busy' });
    const stopped = under.destinations.ring(request, (says) => {
      if (says === 'The phone rings.') under.destinations.stop();
    });
    await expect(stopped).rejects.toBeInstanceOf(ProblemError);
    under.twilio.account.fail({ path: /\/Calls\/CA/ }, { status: 404, code: 20404 });
    const next = under.restarted();
    await next.check({ ...request, lineType: false });
    await next.check({ ...request, lineType: false });
    expect(under.asked('GET', /\/Calls\/CA[0-9a-f]+\.json/)).toBeGreaterThan(0);
    expect(next.list()[0]?.test?.call?.outcome).toBe('unconfirmed');
  });

  it('does not take a call that was picked up meanwhile for one without a key', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'person', afterSeconds: 10, presses: null });
    const stopped = under.destinations.ring(request, (says) => {
      if (says === 'The phone rings.') under.destinations.stop();
    });
    await expect(stopped).rejects.toBeInstanceOf(ProblemError);
    await under.time.advance(120);
    const test = await under.restarted().check({ ...request, lineType: false });
    expect(test.call?.says).toContain('was stopped');
  });
});

it('the date of the call stays when the number is looked at again', async () => {
  await using under = await testDestinations();
  const calledAt = under.time.date().getTime();
  const { test } = await ring(under, { kind: 'busy' });
  expect(test.calledAt).toBe(calledAt);
  await under.time.advance(3600);
  const later = await under.destinations.check({ ...request, lineType: false });
  expect(later).toMatchObject({ calledAt, call: test.call, at: under.time.date().getTime() });
});

describe('the voicemail guard', () => {
  it('keeps the ring time below the fastest voicemail that was met, over starts', async () => {
    await using under = await testDestinations();
    const { destinations } = under;
    expect(destinations.ringSecondsFor(staticNumber, 30)).toBe(30);
    const { test } = await ring(under, { kind: 'voicemail', afterSeconds: 25 });
    expect(test.voicemailAfterSeconds).toBe(25);
    expect(destinations.ringSecondsFor(staticNumber, 30)).toBe(23);
    await ring(under, { kind: 'voicemail', afterSeconds: 18 });
    await ring(under, { kind: 'voicemail', afterSeconds: 22 });
    expect(destinations.ringSecondsFor(staticNumber, 20)).toBe(16);
    expect(destinations.ringSecondsFor('+14165559999', 20)).toBe(20);
    expect(under.restarted().ringSecondsFor(staticNumber, 20)).toBe(16);
    expect(under.restarted().list()[0]?.test?.voicemailAfterSeconds).toBe(18);
  });

  it('is taken down by a phone that rings on without a voicemail', async () => {
    await using under = await testDestinations();
    await ring(under, { kind: 'voicemail', afterSeconds: 18 });
    const { test } = await ring(under, { kind: 'no-answer' });
    expect(test).toMatchObject({ call: { outcome: 'nobody' }, voicemailAfterSeconds: null });
    expect(under.destinations.ringSecondsFor(staticNumber, 20)).toBe(20);
    expect(under.restarted().ringSecondsFor(staticNumber, 20)).toBe(20);
  });

  it('is not put up when nobody looked while the voicemail picked up', async () => {
    await using under = await testDestinations();
    under.twilio.account.callScripts.set(staticNumber, { kind: 'voicemail', afterSeconds: 18 });
    const test = await under.destinations.ring(request, (says) => {
      if (says === 'The phone rings.') {
        under.twilio.account.fail({ method: 'GET', path: /\/Calls\/CA/ }, { hangUp: true, times: 80 });
      }
    });
    expect(test.call).toMatchObject({ outcome: 'voicemail', pickedUpAfterSeconds: null });
    expect(under.destinations.ringSecondsFor(staticNumber, 20)).toBe(20);
  });

  it('is not put up by a phone that was off', async () => {
    await using under = await testDestinations();
    const { test } = await ring(under, { kind: 'voicemail', afterSeconds: 2 });
    expect(test).toMatchObject({ call: { outcome: 'voicemail' }, voicemailAfterSeconds: null });
    expect(under.destinations.ringSecondsFor(staticNumber, 20)).toBe(20);
  });
});

it('a key counts once, and a token that nobody waits for not at all', async () => {
  await using under = await testDestinations();
  await ring(under, { kind: 'person', afterSeconds: 2, presses: '1' });
  const token = under.keys[0]?.path.split('/').at(-1) ?? '';
  expect(under.destinations.keyPressed(token, '1')).toContain('over already');
  expect(under.destinations.keyPressed('nonsense', '1')).toContain('over already');
});
