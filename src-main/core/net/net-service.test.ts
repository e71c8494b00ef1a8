import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deskYaml } from '../test-support/core-under-test.ts';
import { readTwiml } from './hosted-twiml.ts';
import { NetUnderTest, problemOf } from './net-under-test.ts';
import { businessNumber, staticNumber } from './test-support.ts';

const secondNumber = '+14165550200';
const newStaticNumber = '+14165557777';

describe('publishing the net', () => {
  it('hosts one Function that rings the static number, and tells how it goes', async () => {
    await using net = await NetUnderTest.start();
    const { url, steps } = await net.publish();
    expect(url).toMatch(/^https:\/\/[\w.-]+\.twil\.io\/answer$/);
    expect(steps).toEqual([
      'Making sure that there is a place for the net in the Twilio account.',
      'Uploading what to answer for one number.',
      'Asking Twilio to build the net.',
      'Putting the net in force.',
      'Asking the net what it would answer.',
      'The net is published: Twilio answers for one number without this computer.',
    ]);
    expect(readTwiml(await net.answerOf(url))?.dial).toMatchObject({
      numbers: [staticNumber],
      timeoutSeconds: 25,
    });
    expect(await net.hosted()).toMatchObject({
      services: 1,
      environments: 1,
      functions: 1,
      builds: [expect.any(String)],
    });
    expect(net.nets.get(net.twilio.account.sid)).toMatchObject({
      state: 'published',
      verifiedAt: net.clock.now(),
      problem: null,
    });
  });

  it('answers nobody but Twilio', async () => {
    await using net = await NetUnderTest.start();
    const { url } = await net.publish();
    const hosted = url.replace('https://', `${net.twilio.apiUrl}/`);
    const { status } = await fetch(hosted, {
      method: 'POST',
      body: new URLSearchParams({ To: businessNumber }),
    });
    expect(status).toBe(403);
  });

  it('does nothing when that is what is deployed already', async () => {
    await using net = await NetUnderTest.start();
    const first = await net.publish();
    const before = await net.hosted();
    net.requests();
    const second = await net.publish();
    expect(second.url).toBe(first.url);
    expect(second.steps.at(-1)).toBe('The net is already published and answers as it should.');
    expect(net.requests({ method: 'POST' })).toEqual(['POST /answer']);
    expect(await net.hosted()).toEqual(before);
  });

  it('is done once for two who ask at the same time', async () => {
    await using net = await NetUnderTest.start();
    const [first, second] = await Promise.all([net.publish(), net.publish()]);
    expect(second.url).toBe(first.url);
    expect(second.steps[0]).toBe('Waiting for what is being done to the net already.');
    expect(net.requests({ method: 'POST', path: /\/Builds$/ })).toHaveLength(1);
  });

  it('covers a number that is attached later, and keeps nothing of the build before', async () => {
    await using net = await NetUnderTest.start();
    const first = await net.publish();
    net.attach(secondNumber);
    const { url } = await net.publish();
    expect(url).toBe(first.url);
    for (const number of [businessNumber, secondNumber]) {
      expect(readTwiml(await net.answerOf(url, number))?.dial?.numbers).toEqual([staticNumber]);
    }
    const { builds, deployed, ...rest } = await net.hosted();
    expect(rest).toEqual({ services: 1, environments: 1, functions: 1 });
    expect(builds).toEqual([deployed]);
  });

  it('says what is missing when there is nothing to publish, or nowhere', async () => {
    await using net = await NetUnderTest.start();
    net.account = null;
    expect((await problemOf(net.publish())).says).toMatch(/No Twilio account is connected/);
    net.account = net.accountWith(`AC${'9'.repeat(32)}`);
    expect((await problemOf(net.publish())).says).toMatch(/No number is attached/);
    expect(net.requests()).toEqual([]);
  });
});

describe('the net in the background', () => {
  it('is published again when the static number changes', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.service.start();
    await net.service.idle();
    net.useStaticNumber(newStaticNumber);
    expect((await net.service.status()).state).toBe('outdated');
    expect(net.service.warnings()).toEqual([
      'The net is not up to date. If this computer vanished, callers would be led where the net led them before.',
    ]);
    net.service.refresh();
    await net.service.idle();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([newStaticNumber]);
    expect(net.service.warnings()).toEqual([]);
    expect(net.notices).toEqual([]);
  });

  it('is published again at the next start when the static number or the language changed meanwhile', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.useStaticNumber(newStaticNumber);
    net.restart().start();
    await net.service.idle();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([newStaticNumber]);
    net.useDesk(deskYaml({ workflow: ', language: fr-CA' }));
    net.restart().start();
    await net.service.idle();
    const { numbers } = await net.service.status();
    expect(numbers[0]).toMatchObject({ verdict: 'ok', destination: staticNumber });
    expect(numbers[0]?.says.at(-1)).toContain('personne ne peut prendre votre appel');
  });

  it('is published again by itself when Twilio was away', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.service.start();
    await net.service.idle();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    net.twilio.account.fail({}, { hangUp: true });
    net.useStaticNumber(newStaticNumber);
    net.service.refresh();
    await net.service.idle();
    expect(net.service.warnings()[0]).toMatch(/callers would be led where the net led them before/);
    net.twilio.account.stopFailing();
    await vi.advanceTimersByTimeAsync(15_000);
    await net.service.idle();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([newStaticNumber]);
    expect(net.service.warnings()).toEqual([]);
  });

  it('rings for a number that another workflow has by the desk where that one leads', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.service.start();
    await net.service.idle();
    net.useDesk(deskYaml().replace('id: reception', 'id: evening').replace(staticNumber, newStaticNumber));
    net.service.refresh();
    await net.service.idle();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([newStaticNumber]);
    expect((await net.service.status()).numbers[0]).toMatchObject({ verdict: 'ok' });
  });

  it('asks Twilio nothing when a change of the desk changes nothing for it', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.service.start();
    await net.service.idle();
    net.requests();
    net.service.refresh();
    net.desk = { ...net.desk };
    net.service.refresh();
    await net.service.stop();
    expect(net.requests()).toEqual([]);
  });

  it.each([0, 1])('goes on at the next start with what a stop interrupted at wait %i', async (at) => {
    await using net = await NetUnderTest.start();
    net.twilio.account.fail({ path: /\/answer$/ }, { status: 404, times: 3 });
    let waits = 0;
    net.onWait = () => {
      if (waits++ === at) void net.service.stop();
    };
    expect((await problemOf(net.publish())).says).toMatch(/stopped/);
    expect(net.nets.get(net.twilio.account.sid)?.state).toBe('publishing');
    net.onWait = () => {};
    net.requests();
    net.restart().start();
    await net.service.idle();
    expect(net.nets.get(net.twilio.account.sid)).toMatchObject({ state: 'published', problem: null });
    expect(net.requests({ method: 'POST', path: /\/(Services|Environments|Functions|Builds)$/ })).toEqual([]);
  });

  it.each([
    ['never reached Twilio', false],
    ['Twilio carried out', true],
  ])('goes on after a crash at any question, when that one %s', async (_what, carriedOut) => {
    for (let atQuestion = 1; ; atQuestion++) {
      await using net = await NetUnderTest.start();
      await net.publishFor();
      net.useStaticNumber(newStaticNumber);
      // Everything from the beginning: someone deleted the service.
      await net.rest.ask((client) => client.serverless.v1.services('patchbay-net').remove());
      net.crash = { atQuestion, carriedOut };
      const crashed = await net.publish().then(
        () => false,
        () => true,
      );
      expect(net.nets.get(net.twilio.account.sid)?.state).toBe(crashed ? 'publishing' : 'published');
      net.restart().start();
      await net.service.idle();
      const row = net.nets.get(net.twilio.account.sid);
      expect(row).toMatchObject({ state: 'published', problem: null });
      const served = await net.answerOf(`https://${row?.domain}/answer`);
      expect(readTwiml(served)?.dial?.numbers).toEqual([newStaticNumber]);
      const { builds, deployed, ...rest } = await net.hosted();
      expect(rest).toEqual({ services: 1, environments: 1, functions: 1 });
      expect(builds).toEqual([deployed]);
      if (!crashed) {
        expect(atQuestion).toBeGreaterThan(12);
        break;
      }
    }
  });

  it('tells the operator once when it can’t be done', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.service.start();
    await net.service.idle();
    net.twilio.account.fail({ subdomain: 'serverless' }, { status: 403, code: 20003 });
    net.useStaticNumber(newStaticNumber);
    net.service.refresh();
    await net.service.idle();
    net.service.refresh();
    await net.service.idle();
    expect(net.notices).toHaveLength(1);
    expect(net.notices[0]).toMatch(/callers would be led where the net led them before/);
    expect(net.service.warnings()[0]).toMatch(/^The net could not be published\./);
  });

  it('warns of a net that was never there', async () => {
    await using net = await NetUnderTest.start();
    net.twilio.account.fail({ subdomain: 'serverless' }, { status: 403, code: 20003 });
    const { says, remedy } = await problemOf(net.publish());
    expect(net.service.warnings()).toEqual([
      `The net could not be published. ${says} ${remedy} If this computer vanished, callers would reach nobody.`,
    ]);
  });

  it('removes everything when no number is attached any more', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.service.start();
    net.detach(businessNumber);
    net.service.refresh();
    await net.service.idle();
    expect((await net.hosted()).services).toBe(0);
    expect(net.nets.get(net.twilio.account.sid)).toBeUndefined();
    expect(await net.service.status()).toEqual({
      state: 'none',
      url: null,
      publishedAt: null,
      verifiedAt: null,
      problem: null,
      numbers: [],
    });
  });

  it('forgets nothing when another account is connected while it removes', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.service.start();
    await net.service.idle();
    net.detach(businessNumber);
    net.service.refresh();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    net.account = net.accountWith(`AC${'9'.repeat(32)}`);
    await net.service.idle();
    expect(net.nets.get(net.twilio.account.sid)).toBeDefined();
  });

  it('removes at the next start what it could not remove', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.service.start();
    net.detach(businessNumber);
    net.twilio.account.fail({ method: 'DELETE' }, { hangUp: true });
    net.service.refresh();
    await net.service.idle();
    expect((await net.hosted()).services).toBe(1);
    expect(net.service.warnings()).toEqual([expect.stringContaining('may still be there')]);
    net.twilio.account.stopFailing();
    net.restart().start();
    await net.service.idle();
    expect((await net.hosted()).services).toBe(0);
    expect(net.notices).toEqual([]);
  });

  it('leaves the service alone while a number of the account leads to it', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.service.start();
    net.detach(businessNumber);
    net.twilio.account.own(secondNumber).voiceFallbackUrl = url;
    net.service.refresh();
    await net.service.idle();
    expect((await net.hosted()).services).toBe(1);
  });
});

describe('what the net would do right now', () => {
  it('is told as the caller would live through it, and counts as seen', async () => {
    await using net = await NetUnderTest.start();
    const url = await net.publishFor();
    net.clock.set(net.clock.now() + 5_000);
    const status = await net.service.status();
    expect(status).toMatchObject({ state: 'published', url, verifiedAt: net.clock.now(), problem: null });
    expect(status.numbers).toEqual([
      {
        number: businessNumber,
        workflowId: 'reception',
        verdict: 'ok',
        says: [
          `If this computer vanished, a call to ${businessNumber} would wait for Patchbay, 15 s at most.`,
          `Then ${staticNumber} would ring for 25 s.`,
          'If nobody picked up, the caller would hear “I am sorry, nobody can take your call right now. Please call again later. Goodbye”.',
        ],
        destination: staticNumber,
        problem: null,
      },
    ]);
  });

  it('is what Twilio has, not what Patchbay thinks', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.twilio.account.number(businessNumber).voiceFallbackUrl = '';
    expect((await net.service.status()).numbers[0]).toMatchObject({ verdict: 'broken', destination: null });
    const { numbers } = net.twilio.account;
    numbers.splice(0, numbers.length);
    const gone = (await net.service.status()).numbers[0];
    expect(gone).toMatchObject({ verdict: 'broken', problem: { status: 404 } });
    expect(gone?.says[0]).toMatch(/no longer has/);
  });

  it('names the old number as long as it is rung', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.useStaticNumber(newStaticNumber);
    const status = await net.service.status();
    expect(status.state).toBe('outdated');
    expect(status.numbers[0]).toMatchObject({ verdict: 'broken', destination: staticNumber });
  });

  it('is unknown when Twilio can’t be asked', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.twilio.account.fail({}, { hangUp: true });
    const status = await net.service.status();
    expect(status.state).toBe('published');
    expect(status.numbers[0]).toMatchObject({
      verdict: 'unknown',
      problem: { says: expect.stringMatching(/reached/) },
    });
    net.account = null;
    expect((await net.service.status()).numbers[0]?.problem?.says).toMatch(/No Twilio account/);
  });

  it('is unknown for the numbers of an account that is not connected', async () => {
    await using net = await NetUnderTest.start();
    await net.publishFor();
    net.account = net.accountWith(`AC${'9'.repeat(32)}`);
    const { state, numbers } = await net.service.status();
    expect(state).toBe('none');
    expect(numbers).toMatchObject([{ number: businessNumber, verdict: 'unknown' }]);
    expect(numbers[0]?.problem?.says).toMatch(/account that is not connected/);
  });

  it('is a warning where nothing was ever published', async () => {
    await using net = await NetUnderTest.start();
    expect(net.service.warnings()).toEqual([
      'There is no net: if this computer vanished, callers would reach nobody. Publish the net.',
    ]);
    expect(await net.service.status()).toMatchObject({ state: 'none', numbers: [{ verdict: 'broken' }] });
  });
});
