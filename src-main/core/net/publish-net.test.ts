import { describe, expect, it } from 'vitest';
import { readTwiml } from './hosted-twiml.ts';
import { NetUnderTest, problemOf } from './net-under-test.ts';
import { businessNumber, staticNumber } from './test-support.ts';

const newStaticNumber = '+14165557777';

describe('a publication that fails', () => {
  const steps: [string, { method: string; subdomain?: string; path: RegExp }][] = [
    ['looking for the service', { method: 'GET', path: /\/Services\/patchbay-net$/ }],
    ['making the service', { method: 'POST', path: /\/Services$/ }],
    ['looking for the environment', { method: 'GET', path: /\/Environments$/ }],
    ['making the environment', { method: 'POST', path: /\/Environments$/ }],
    ['looking for the Function', { method: 'GET', path: /\/Functions$/ }],
    ['making the Function', { method: 'POST', path: /\/Functions$/ }],
    ['uploading', { method: 'POST', subdomain: 'serverless-upload', path: /\/Versions$/ }],
    ['beginning to build', { method: 'POST', path: /\/Builds$/ }],
    ['asking how the build goes', { method: 'GET', path: /\/Status$/ }],
    ['asking what is deployed', { method: 'GET', path: /\/Environments\/ZE\w+$/ }],
    ['deploying', { method: 'POST', path: /\/Deployments$/ }],
    ['asking the net', { method: 'POST', path: /\/answer$/ }],
  ];
  const ways = [
    ['is refused', { status: 403, code: 20003 }],
    ['breaks', { hangUp: true }],
    ['breaks when it has been carried out', { hangUp: true, afterCarryingOut: true }],
    ['fails at Twilio, carried out all the same', { status: 503, afterCarryingOut: true }],
  ] as const;

  /** What is found to be there although the answer was lost. */
  const found = /^(making|deploying)/;

  it.each(
    steps.flatMap(([step, matcher]) => ways.map(([way, failure]) => [step, way, matcher, failure] as const)),
  )('while %s (it %s) is gone on with, and leaves one of each', async (step, _way, matcher, failure) => {
    await using net = await NetUnderTest.start();
    net.twilio.account.fail(matcher, failure);
    const accountSid = net.twilio.account.sid;
    if ('afterCarryingOut' in failure && found.test(step)) await net.publish();
    else {
      const { says } = await problemOf(net.publish());
      expect(net.nets.get(accountSid)).toMatchObject({ state: 'failed', problem: { says } });
    }
    net.twilio.account.stopFailing();
    net.restart();
    const { url } = await net.publish();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([staticNumber]);
    const { builds, deployed, ...rest } = await net.hosted();
    expect(rest).toEqual({ services: 1, environments: 1, functions: 1 });
    expect(builds).toEqual([deployed]);
  });

  it.each(steps.slice(6))('while %s leaves in force what was there', async (step, matcher) => {
    await using net = await NetUnderTest.start();
    const { url } = await net.publish();
    net.useStaticNumber(newStaticNumber);
    net.twilio.account.fail(matcher, { status: 403, code: 20003 });
    await problemOf(net.publish());
    net.twilio.account.stopFailing();
    const rings = readTwiml(await net.answerOf(url))?.dial?.numbers;
    expect(rings).toEqual([step === 'asking the net' ? newStaticNumber : staticNumber]);
    expect((await net.service.status()).state).toBe('failed');
    await net.publish();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([newStaticNumber]);
    const { builds, deployed } = await net.hosted();
    expect(builds).toEqual([deployed]);
  });

  it('does not mind what it could not clean up, and does so the next time', async () => {
    await using net = await NetUnderTest.start();
    await net.publish();
    net.useStaticNumber(newStaticNumber);
    net.twilio.account.fail({ method: 'DELETE' }, { status: 403, code: 20003 });
    await net.publish();
    expect((await net.hosted()).builds).toHaveLength(2);
    net.twilio.account.stopFailing();
    await net.publish();
    const { builds, deployed } = await net.hosted();
    expect(builds).toEqual([deployed]);
  });

  it('uploads nothing twice when only the build could not be begun', async () => {
    await using net = await NetUnderTest.start();
    net.twilio.account.fail({ method: 'POST', path: /\/Builds$/ }, { status: 503, times: 1 });
    await problemOf(net.publish());
    expect(net.requests({ subdomain: 'serverless-upload' })).toHaveLength(1);
    await net.publish();
    expect(net.requests({ subdomain: 'serverless-upload' })).toEqual([]);
  });

  it('takes a deployment that Twilio says is under way for its own, and believes what is served', async () => {
    await using net = await NetUnderTest.start();
    net.twilio.account.fail(
      { method: 'POST', path: /\/Deployments$/ },
      { status: 409, code: 20409, times: 1 },
    );
    expect((await problemOf(net.publish())).says).toBe(
      'The net is deployed, but Twilio does not answer with it yet.',
    );
    const { url } = await net.publish();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([staticNumber]);
  });

  it('because Twilio can’t build it says so, and builds anew the next time', async () => {
    await using net = await NetUnderTest.start();
    net.twilio.account.serverless.failBuilds = 1;
    expect((await problemOf(net.publish())).says).toBe(
      'Twilio could not build the Function that answers for the net.',
    );
    const { url } = await net.publish();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([staticNumber]);
    expect((await net.hosted()).builds).toHaveLength(1);
  });

  it('because a build never ends gives up after three minutes, and goes on with it', async () => {
    await using net = await NetUnderTest.start();
    net.timePasses = false;
    const problem = await problemOf(net.publish());
    expect(problem.says).toMatch(/three minutes/);
    net.timePasses = true;
    net.requests();
    await net.publish();
    expect(net.requests({ method: 'POST', path: /\/Builds$/ })).toEqual([]);
  });

  it('finds its way when someone deleted the service in the Console', async () => {
    await using net = await NetUnderTest.start();
    const old = await net.publishFor();
    await net.rest.ask((client) => client.serverless.v1.services('patchbay-net').remove());
    expect(await net.answerOf(old)).toBe('404');
    const { url } = await net.publish();
    expect(readTwiml(await net.answerOf(url))?.dial?.numbers).toEqual([staticNumber]);
    expect(net.service.warnings()).toEqual([
      `The fallback URL of ${businessNumber} does not lead to the net yet. Patchbay sets it as soon as Twilio answers.`,
    ]);
    net.service.start();
    await net.service.idle();
    expect(net.moved).toBe(1);
  });
});
