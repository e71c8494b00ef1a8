import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import {
  addressesAt,
  asTwilioSpellsIt,
  differences,
  driftOf,
  holdsAll,
  moveTo,
  mustMove,
  planToken,
  recoverFrom,
  restorePlan,
  toSend,
  wantedConfig,
} from './number-config.ts';

const net = 'https://net-1234.twil.io/answer';
const set = wantedConfig('https://one.example', net);
const before: NumberConfig = {
  voiceUrl: 'https://old.example/voice',
  voiceMethod: 'GET',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: 'https://old.example/status',
  statusCallbackMethod: 'GET',
  voiceApplicationSid: 'AP1',
  trunkSid: '',
};

/** What Twilio holds after an update: an application and a trunk delete each other. */
function atTwilio(config: NumberConfig, changes: Partial<NumberConfig>): NumberConfig {
  const after = { ...config, ...changes };
  if (changes.voiceApplicationSid) after.trunkSid = '';
  else if (changes.trunkSid) after.voiceApplicationSid = '';
  return after;
}

const url = fc.constantFrom(
  '',
  'https://a.example/x',
  'https://a.example/x#rc=2',
  set.voiceUrl,
  net,
  'http://b.example',
);
const method = fc.constantFrom('GET', 'POST');
const sids = fc.constantFrom(['', ''], ['AP1', ''], ['AP2', ''], ['', 'TK1'], ['', 'TK2']);
const anyConfig: fc.Arbitrary<NumberConfig> = fc
  .record({
    voiceUrl: url,
    voiceMethod: method,
    voiceFallbackUrl: url,
    voiceFallbackMethod: method,
    statusCallback: url,
    statusCallbackMethod: method,
    sids,
  })
  .map(({ sids: [voiceApplicationSid = '', trunkSid = ''], ...rest }) => ({
    ...rest,
    voiceApplicationSid,
    trunkSid,
  }));

const attachTo = (config: NumberConfig) => atTwilio(config, toSend(differences(config, set)));

describe('attaching and detaching', () => {
  it('puts any configuration in force and any back, exactly', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const attached = attachTo(config);
        expect(attached).toEqual(set);
        const plan = restorePlan({ before: config, set }, attached);
        expect(plan.kept).toEqual([]);
        expect(atTwilio(attached, toSend(plan.changes))).toEqual(config);
      }),
    );
  });

  it('leaves alone what someone else set meanwhile, and says so', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (config, meanwhile) => {
        const plan = restorePlan({ before: config, set }, meanwhile);
        const after = atTwilio(meanwhile, toSend(plan.changes));
        for (const { setting } of plan.kept) expect(after[setting]).toBe(meanwhile[setting]);
        for (const { setting } of plan.changes) expect(after[setting]).toBe(config[setting]);
        expect(plan.kept.length + plan.changes.length).toBe(differences(meanwhile, config).length);
        expect(restorePlan({ before: config, set }, after).changes).toEqual([]);
      }),
    );
  });

  it('brings an application back only where no trunk was set meanwhile', () => {
    const plan = restorePlan({ before, set }, { ...set, trunkSid: 'TK9' });
    expect(plan.changes.map(({ setting }) => setting)).not.toContain('voiceApplicationSid');
    expect(plan.kept).toEqual([
      { setting: 'trunkSid', now: 'TK9', patchbay: '' },
      { setting: 'voiceApplicationSid', now: '', patchbay: 'AP1' },
    ]);
  });
});

describe('after an interruption', () => {
  const pending = wantedConfig('https://one.example', '');
  const foreign = { ...before, voiceUrl: 'https://third.example/' };
  const mixed = { ...set, voiceUrl: before.voiceUrl, voiceMethod: before.voiceMethod };
  const cases: [string, AttachedNumber['state'], NumberConfig, NumberConfig, string][] = [
    ['attaching, all of it is there', 'attaching', set, set, 'finish'],
    ['attaching, none of it is there', 'attaching', set, before, 'nothing to restore'],
    ['attaching, before the net was published', 'attaching', pending, before, 'nothing to restore'],
    ['attaching, someone set something else', 'attaching', set, foreign, 'nothing to restore'],
    ['attaching, someone changed a part', 'attaching', set, mixed, 'restore 4'],
    ['detaching, not begun at Twilio', 'detaching', set, set, 'restore 6'],
    ['detaching, done at Twilio', 'detaching', set, before, 'nothing to restore'],
    ['detaching, someone took the number', 'detaching', set, foreign, 'nothing to restore'],
  ];
  it.each(cases)('%s', (_, state, isSet, seen, expected) => {
    const recovery = recoverFrom({ state, before, set: isSet }, seen);
    const { length } = recovery.kind === 'restore' ? recovery.plan.changes : [];
    expect(
      recovery.kind === 'finish' ? 'finish' : length === 0 ? 'nothing to restore' : `restore ${length}`,
    ).toBe(expected);
  });

  it('takes Twilio’s own spelling of an address for what was sent', () => {
    const spelled = { ...set, voiceUrl: 'https://ONE.example:443/twilio/voice', voiceMethod: 'post' };
    expect(holdsAll(set, spelled)).toBe(true);
    expect(asTwilioSpellsIt(set, spelled)).toEqual(spelled);
    expect(holdsAll(set, { ...set, voiceUrl: 'https://one.example/twilio/other' })).toBe(false);
    expect(holdsAll(set, { ...set, voiceUrl: '' })).toBe(false);
    const moved = { ...before, voiceUrl: 'https://one.example/twilio/voice' };
    expect(restorePlan({ before: moved, set }, set).changes).toContainEqual({
      setting: 'voiceUrl',
      now: set.voiceUrl,
      patchbay: moved.voiceUrl,
    });
  });
});

describe('drift and a new public address', () => {
  it('shows both values of what someone changed', () => {
    expect(driftOf({ before, set }, { ...set, voiceUrl: 'https://x.example' })).toEqual([
      { setting: 'voiceUrl', now: 'https://x.example', patchbay: set.voiceUrl },
    ]);
  });

  it('moves what is still Patchbay’s, wherever it was interrupted, and no drift', () => {
    const row = { before, set };
    const drifted = { ...set, statusCallback: 'https://x.example/status' };
    expect(mustMove(row, addressesAt('https://one.example'))).toBe(false);
    expect(mustMove(row, addressesAt('https://two.example'))).toBe(true);
    expect(
      mustMove(
        { before, set: { ...set, voiceUrl: 'https://one.example/twilio/voice' } },
        addressesAt('https://one.example'),
      ),
    ).toBe(false);
    const first = moveTo(addressesAt('https://two.example'), row, drifted);
    expect(first.changes).toEqual([
      { setting: 'voiceUrl', now: set.voiceUrl, patchbay: wantedConfig('https://two.example', net).voiceUrl },
    ]);
    const onTheWay = { before, ...first };
    expect(mustMove(onTheWay, addressesAt('https://two.example'))).toBe(true);
    expect(driftOf(onTheWay, drifted).map(({ setting }) => setting)).toEqual(['statusCallback']);
    expect(restorePlan(onTheWay, set).kept).toEqual([]);
    // Interrupted before or after Twilio was told, the next address finds it.
    for (const seen of [drifted, { ...drifted, voiceUrl: first.set.voiceUrl }]) {
      const second = moveTo(addressesAt('https://three.example'), onTheWay, seen);
      expect(second.changes.map(({ setting, now }) => [setting, now])).toEqual([['voiceUrl', seen.voiceUrl]]);
    }
  });

  it('makes another token of another configuration, number, workflow or step', () => {
    const tokens = [
      planToken('attach', 'PN1', 'a', before),
      planToken('attach', 'PN1', 'a', set),
      planToken('attach', 'PN2', 'a', before),
      planToken('attach', 'PN1', 'b', before),
      planToken('detach', 'PN1', 'a', before),
      planToken('detach', 'PN1', 'a', null),
    ];
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(planToken('attach', 'PN1', 'a', { ...before })).toBe(tokens[0]);
  });
});
