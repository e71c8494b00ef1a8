import { describe, expect, it } from 'vitest';
import type { Account } from '../../../src-preload/contract/account.ts';
import type { DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import type { NumberConfig, TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { Profile } from '../../../src-preload/contract/profile.ts';
import type { Tunnel } from '../../../src-preload/contract/tunnel.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { ModelUnavailableError, TwilioRequestError } from '../errors.ts';
import { businessNumber, deskYaml, staticNumber, vaultWith } from '../test-support/core-under-test.ts';
import { type DoctorDeps, examine } from './doctor.ts';

const account: Account = {
  accountSid: 'AC1',
  name: 'Harbour Plumbing',
  type: 'Full',
  status: 'active',
  parentSid: null,
  balance: null,
  concurrency: { calls: null, why: '' },
  meanings: [],
  checkedAt: 1,
};
const profile: Profile = {
  status: 'approved',
  label: 'Approved',
  means: 'Calls go through.',
  next: '',
  consoleUrl: 'https://console.twilio.com/',
  profileSid: 'BU1',
  name: null,
  reasons: [],
  problem: null,
  unlocks: [],
  validUntil: null,
  warnings: [],
  checkedAt: 1,
};
const config: NumberConfig = {
  voiceUrl: 'https://a.example/twilio/voice',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
};
const number: TwilioNumber = {
  sid: 'PN1',
  number: businessNumber,
  name: '',
  voice: true,
  config,
  attachment: { workflowId: 'reception', state: 'attached', since: 1, drift: [], problem: null },
};
const tunnel: Tunnel = {
  choice: { kind: 'own', url: 'https://a.example' },
  fixed: false,
  state: 'online',
  publicUrl: 'https://a.example',
  proof: { http: true, webSocket: true, says: null, at: 1 },
  problem: null,
  nextTryAt: null,
};
const tested: DestinationTest = {
  number: staticNumber,
  integrationId: 'desk',
  at: 1,
  checks: [
    { id: 'format', verdict: 'ok', says: 'It is a number.', remedy: null, link: null },
    { id: 'line-type', verdict: 'unknown', says: 'Not asked for.', remedy: null, link: null },
    { id: 'call', verdict: 'ok', says: 'A person picked up.', remedy: null, link: null },
  ],
  call: null,
  voicemailAfterSeconds: null,
};
const net: Net = {
  state: 'published',
  url: 'https://net.example/answer',
  publishedAt: 1,
  verifiedAt: 1,
  problem: null,
  numbers: [
    {
      number: businessNumber,
      workflowId: 'reception',
      verdict: 'ok',
      says: ['It would ring.'],
      destination: staticNumber,
      problem: null,
    },
  ],
};

function deps(changes: Partial<DoctorDeps> = {}): DoctorDeps {
  const desk = compileDesk(parseDeskFile(deskYaml({ model: 'openai:gpt-5.4' })).desk);
  return {
    vault: vaultWith({ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'secret' }),
    account: { check: async () => account, current: () => null },
    profile: { check: async () => profile },
    numbers: { list: async () => [number] },
    destinations: { check: async () => tested },
    tunnel: { current: () => tunnel, prove: async () => tunnel },
    net: { status: async () => net },
    models: { model: () => 'openai:gpt-5.4' as never },
    desk: () => desk,
    webhookUrl: () => 'http://127.0.0.1:4747',
    clock: { now: () => 1 },
    ...changes,
  };
}

const verdictsOf = async (changes: Partial<DoctorDeps>) => {
  const { verdict, links } = await examine(deps(changes));
  return { verdict, links: Object.fromEntries(links.map(({ id, verdict }) => [id, verdict])), all: links };
};

describe('examine', () => {
  it('goes through the chain in order, and says at its end who would be reached', async () => {
    const { verdict, links } = await examine(deps());
    expect(links.map(({ id }) => id)).toEqual([
      'desk',
      'credentials',
      'account',
      'profile',
      'listener',
      'tunnel',
      'numbers',
      'number:reception',
      'model:reception',
      'destination:reception',
      'net:reception',
      'reach:reception',
    ]);
    expect(verdict).toBe('ok');
    expect(links.at(-1)?.says).toBe(`A call to ${businessNumber} would reach ${staticNumber}.`);
  });

  it('looks at nothing of Twilio’s without credentials, and says how to connect', async () => {
    const { verdict, links, all } = await verdictsOf({ vault: vaultWith({}) });
    expect(verdict).toBe('broken');
    expect(links).toMatchObject({
      credentials: 'broken',
      account: 'unknown',
      profile: 'unknown',
      'reach:reception': 'broken',
    });
    expect(all.find(({ id }) => id === 'credentials')?.remedy).toContain('Connect it');
  });

  it('tells a Twilio that can’t be reached in words, and never rejects', async () => {
    const gone = () => Promise.reject(new TwilioRequestError('getaddrinfo ENOTFOUND', { retryable: true }));
    const { links } = await verdictsOf({ account: { check: gone, current: () => null } });
    expect(links).toMatchObject({ account: 'broken', profile: 'unknown', 'net:reception': 'unknown' });
  });

  it('finds an account that is suspended, a trial, and a profile that is not approved', async () => {
    const suspended = await verdictsOf({
      account: { check: async () => ({ ...account, status: 'suspended' }), current: () => null },
    });
    expect(suspended.links.account).toBe('broken');
    const trial = await verdictsOf({
      account: { check: async () => ({ ...account, type: 'Trial' }), current: () => null },
    });
    expect(trial.links.account).toBe('warning');
    const draft = await verdictsOf({
      profile: { check: async () => ({ ...profile, status: 'draft', next: 'Submit it.' }) },
    });
    expect(draft.links.profile).toBe('warning');
    expect(draft.verdict).toBe('warning');
  });

  it('finds a number that is missing, detached or changed by someone', async () => {
    const list = (change: Partial<TwilioNumber>) => ({
      numbers: { list: async () => [{ ...number, ...change }] },
    });
    expect((await verdictsOf({ numbers: { list: async () => [] } })).links['number:reception']).toBe(
      'broken',
    );
    expect((await verdictsOf(list({ attachment: null }))).links['number:reception']).toBe('broken');
    const drift = [{ setting: 'voiceUrl' as const, now: 'https://b.example', patchbay: 'https://a.example' }];
    const drifted = await verdictsOf(
      list({ attachment: { workflowId: 'reception', state: 'attached', since: 1, drift, problem: null } }),
    );
    expect(drifted.links['number:reception']).toBe('broken');
    expect(drifted.all.find(({ id }) => id === 'number:reception')?.says).toContain('“https://b.example”');
    expect(drifted.links['reach:reception']).toBe('broken');
  });

  it('finds a public address that leads elsewhere', async () => {
    const elsewhere = {
      ...tunnel,
      proof: { http: false, webSocket: false, says: 'Another program answers there.', at: 1 },
    };
    const { links, all } = await verdictsOf({
      tunnel: { current: () => tunnel, prove: async () => elsewhere },
    });
    expect(links.tunnel).toBe('broken');
    expect(all.find(({ id }) => id === 'tunnel')?.says).toContain('Another program answers there.');
  });

  it('warns of a model without a key, of a rehearsal model, and of a destination that was never rung', async () => {
    const model = () => {
      throw new ModelUnavailableError('openai:gpt-5.4', 'there is no key', 'Enter one.');
    };
    expect((await verdictsOf({ models: { model } })).links['model:reception']).toBe('warning');
    const rehearsing = compileDesk(parseDeskFile(deskYaml()).desk);
    expect((await verdictsOf({ desk: () => rehearsing })).links['model:reception']).toBe('warning');
    const never = {
      ...tested,
      checks: [{ ...tested.checks[0], id: 'call', verdict: 'unknown' }],
    } as DestinationTest;
    const untested = await verdictsOf({ destinations: { check: async () => never } });
    expect(untested.links).toMatchObject({
      'destination:reception': 'warning',
      'reach:reception': 'warning',
    });
  });

  it('takes an unanswered question about the net for no answer', async () => {
    const { links } = await verdictsOf({ net: { status: () => Promise.reject(new Error('no')) } });
    expect(links['net:reception']).toBe('unknown');
  });
});
