import { describe, expect, it } from 'vitest';
import type { ProfileStatus } from '../../../src-preload/contract/profile.ts';
import { type AccountFacts, accountMeanings, concurrencyOf } from './account-meanings.ts';

const full: AccountFacts = {
  type: 'Full',
  status: 'active',
  parentSid: null,
  balance: { amount: 20, currency: 'USD' },
};
const trial: AccountFacts = { ...full, type: 'Trial' };
const subaccount: AccountFacts = { ...full, parentSid: 'AC1', balance: null };

const meaningsOf = (facts: AccountFacts, profile: ProfileStatus | null = null) =>
  accountMeanings(facts, profile).join('\n');

describe('how many calls an account can hold', () => {
  it.each([
    ['trial', trial, null, 5],
    ['trial, whatever the profile', trial, 'approved', 5],
    ['upgraded, approved', full, 'approved', null],
    ['upgraded, in review', full, 'in-review', 2],
    ['upgraded, no profile', full, 'no-profile', 2],
    ['upgraded, never looked at', full, null, 2],
    ['a subaccount', subaccount, 'no-profile', 2],
  ] as const)('%s', (_what, facts, profile, calls) => {
    const concurrency = concurrencyOf(facts, profile);
    expect(concurrency.calls).toBe(calls);
    expect(concurrency.why).toMatch(/\.$/);
  });

  it('says where the figure comes from, and what it can’t know', () => {
    expect(concurrencyOf(full, 'draft').why).toContain('upgraded before 3 February 2026 has no limit');
    expect(concurrencyOf(full, null).why).toContain('could not be looked at');
    expect(concurrencyOf(subaccount, null).why).toContain('main account');
  });
});

describe('what an account means for transfers', () => {
  it('tells how many callers can be with a person at once', () => {
    expect(meaningsOf(full, 'no-profile')).toContain('so one caller at a time can be with a person');
    expect(meaningsOf(trial)).toContain('so 2 callers at a time can be with a person');
    expect(meaningsOf(full, 'approved')).toContain('Twilio sets no limit');
  });

  it('names a trial account’s limits, and only a trial account’s', () => {
    expect(meaningsOf(trial)).toMatch(/verified numbers.*trial message.*10 minutes/s);
    expect(meaningsOf(full)).not.toContain('Trial');
  });

  it('puts first that nothing works', () => {
    expect(accountMeanings({ ...trial, status: 'suspended' }, null)[0]).toContain('suspended');
    expect(accountMeanings({ ...trial, status: 'closed' }, null)[0]).toContain('closed');
  });

  it.each([
    [2, null],
    [1.5, 'The balance is 1.50 USD: when it is used up, calls stop.'],
    [0, 'The balance of 0.00 USD is used up: calls stop.'],
    [-3.2, 'The balance of -3.20 USD is used up: calls stop.'],
  ])('speaks of a balance of %d', (amount, says) => {
    const meanings = meaningsOf({ ...full, balance: { amount, currency: 'USD' } });
    if (says === null) expect(meanings).not.toContain('balance');
    else expect(meanings).toContain(says);
  });

  it('says whose profile counts for a subaccount, and nothing of a balance it does not have', () => {
    expect(meaningsOf(subaccount)).toMatch(/primary Business Profile are the main account’s/);
    expect(meaningsOf(full)).not.toContain('subaccount');
  });
});
