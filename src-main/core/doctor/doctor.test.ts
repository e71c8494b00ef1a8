import { describe, expect, it, vi } from 'vitest';
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
  lastKnown: 'approved',
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
  calledAt: Date.UTC(2026, 10, 24, 12),
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

  it('asks Twilio nothing more when it can’t be reached, or no more', async () => {
    const gone = () => Promise.reject(new TwilioRequestError('getaddrinfo ENOTFOUND', { retryable: true }));
    const check = vi.fn(async () => tested);
    const status = vi.fn(async () => net);
    const destinations = { check };
    const away = await verdictsOf({ account: { check: gone, current: () => account }, destinations });
    expect(away.links).toMatchObject({ 'number:reception': 'unknown', 'destination:reception': 'unknown' });
    const lost = await verdictsOf({ numbers: { list: gone }, destinations, net: { status } });
    expect(lost.links).toMatchObject({
      account: 'ok',
      numbers: 'broken',
      'number:reception': 'unknown',
      'destination:reception': 'unknown',
      'net:reception': 'unknown',
      'reach:reception': 'broken',
    });
    expect(check).not.toHaveBeenCalled();
    expect(status).not.toHaveBeenCalled();
  });

  it('looks at each number that a rule in force leads to, once, and at the static one first', async () => {
    const abroad = '+442079460000';
    const desk = parseDeskFile(deskYaml({ model: 'openai:gpt-5.4' })).desk;
    const rules = [
      { name: 'Abroad', when: {}, to: abroad },
      { name: 'Again', when: {}, to: abroad },
      { name: 'Static', when: {}, to: staticNumber },
      { name: 'A group', when: {}, to: 'accounts' },
    ];
    const integrations = desk.integrations.map((integration) => ({ ...integration, dynamic: { rules } }));
    const workflows = desk.workflows.flatMap((workflow) => [workflow, { ...workflow, id: 'second' }]);
    const check = vi.fn(async ({ number: asked }: { number: string }) => ({
      ...tested,
      number: asked,
      checks: tested.checks.map((found) =>
        asked === abroad && found.id === 'format'
          ? { ...found, verdict: 'warning' as const, says: 'That is in another country.' }
          : found,
      ),
    }));
    const compiled = compileDesk({ ...desk, integrations, workflows } as typeof desk);
    const { links, all } = await verdictsOf({ desk: () => compiled, destinations: { check } });
    expect(check.mock.calls.map(([{ number: asked }]) => asked)).toEqual([staticNumber, abroad]);
    expect(links).toMatchObject({
      'destination:reception': 'ok',
      [`destination:reception:${abroad}`]: 'warning',
      [`destination:second:${abroad}`]: 'warning',
      'reach:reception': 'ok',
    });
    expect(all.find(({ id }) => id === 'reach:reception')?.says).toContain(
      'A rule that fits may lead it elsewhere.',
    );
  });

  it('looks at twenty such numbers at most, and says so', async () => {
    const desk = parseDeskFile(deskYaml({ model: 'openai:gpt-5.4' })).desk;
    const rules = Array.from({ length: 23 }, (_, n) => ({
      name: `Rule ${n}`,
      when: {},
      to: `+1416555${1000 + n}`,
    }));
    const integrations = desk.integrations.map((integration) => ({
      ...integration,
      staticNumber: '+14165550999',
      dynamic: { rules },
    }));
    const check = vi.fn(async () => tested);
    const compiled = compileDesk({ ...desk, integrations } as typeof desk);
    const { all } = await verdictsOf({ desk: () => compiled, destinations: { check } });
    expect(check).toHaveBeenCalledTimes(21);
    expect(all.find(({ id }) => id === 'destinations:reception')).toMatchObject({
      verdict: 'warning',
      says: '3 more numbers, which were not looked at.',
    });
  });

  it('tells when the destination was tested', async () => {
    const { all } = await verdictsOf({});
    expect(all.find(({ id }) => id === 'destination:reception')?.says).toBe(
      'A person picked up when it was tested on 2026-11-24.',
    );
    const voicemail = {
      ...tested,
      checks: [{ id: 'call', verdict: 'warning', says: 'A voicemail picked up.', remedy: null, link: null }],
    } as DestinationTest;
    const met = await verdictsOf({ destinations: { check: async () => voicemail } });
    expect(met.all.find(({ id }) => id === 'destination:reception')?.says).toBe(
      'A voicemail picked up. (Tested on 2026-11-24.)',
    );
  });

  it('warns of a balance that is used up', async () => {
    const empty = { ...account, balance: { amount: 0, currency: 'USD' } };
    const { all } = await verdictsOf({ account: { check: async () => empty, current: () => null } });
    expect(all.find(({ id }) => id === 'account')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('Add to the balance'),
    });
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
