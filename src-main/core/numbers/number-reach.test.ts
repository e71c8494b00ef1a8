import { expect, it } from 'vitest';
import type { Account } from '../../../src-preload/contract/account.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import { wantedConfig } from './number-config.ts';
import { whyOutOfReach } from './number-reach.ts';

const origin = 'https://one.example';
const account: Account = {
  accountSid: 'AC1',
  name: 'Harbour Plumbing',
  type: 'Full',
  status: 'active',
  parentSid: null,
  balance: null,
  concurrency: { calls: null, why: '' },
  meanings: [],
  checkedAt: 0,
};
const set = wantedConfig(origin, 'https://net.example');
const row: AttachedNumber = {
  sid: 'PN1',
  accountSid: 'AC1',
  number: '+14165550100',
  workflowId: 'reception',
  state: 'attached',
  since: 0,
  before: set,
  set,
  seen: set,
  seenAt: 0,
  problem: null,
};
const now = { account, origin };

it('an attached number under the proven public URL is within reach', () => {
  expect(whyOutOfReach(row, now)).toBeNull();
  expect(whyOutOfReach({ ...row, seen: null }, now)).toBeNull();
});

it('a change that leads no call elsewhere does not matter', () => {
  const seen = { ...set, voiceFallbackUrl: '', statusCallback: '' };
  expect(whyOutOfReach({ ...row, seen }, now)).toBeNull();
});

it.each([
  ['no account', row, { ...now, account: null }, 'no Twilio account'],
  [
    'a suspended account',
    row,
    { ...now, account: { ...account, status: 'suspended' as const } },
    'is suspended',
  ],
  ['a number that is not attached', undefined, now, 'not attached'],
  ['another account', { ...row, accountSid: 'AC2' }, now, 'another Twilio account'],
  ['a number that is being detached', { ...row, state: 'detaching' as const }, now, 'as a whole'],
  ['a number with a problem', { ...row, problem: 'gone' }, now, 'something is wrong'],
  ['a public URL that is not proven', row, { ...now, origin: null }, 'not proven'],
  [
    'a voice URL of somebody else’s',
    { ...row, seen: { ...set, voiceUrl: 'https://else.example' } },
    now,
    'changed at Twilio',
  ],
  [
    'an application that wins over the voice URL',
    { ...row, seen: { ...set, voiceApplicationSid: 'AP1' } },
    now,
    'changed at Twilio',
  ],
  ['a public URL that has moved', row, { ...now, origin: 'https://two.example' }, 'earlier public URL'],
])('%s keeps a number out of reach', (_what, given, state, says) => {
  expect(whyOutOfReach(given, state)).toContain(says);
});
