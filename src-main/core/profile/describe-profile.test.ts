import { describe, expect, it } from 'vitest';
import { type ProfileStatus, profileStatuses } from '../../../src-preload/contract/profile.ts';
import { describeProfile, type ProfileFindings } from './describe-profile.ts';
import type { TrustHubProfile } from './profile-status.ts';

const now = Date.UTC(2026, 10, 22);
const full = { type: 'Full', parentSid: null } as const;
const subaccount = { ...full, parentSid: 'ACmain' };
const theirs: TrustHubProfile = {
  sid: 'BU1',
  policySid: null,
  name: 'Harbour Plumbing',
  status: 'draft',
  validUntil: null,
  updatedAt: null,
  errorCodes: [],
};

function findings(status: ProfileStatus, more: Partial<ProfileFindings> = {}): ProfileFindings {
  const isThere = status !== 'error' && status !== 'no-profile';
  return {
    status,
    profile: isThere ? theirs : null,
    reasons: [],
    problem: null,
    warnings: [],
    lastKnown: null,
    mainLastKnown: null,
    ...more,
  };
}

describe('a profile in the operator’s words', () => {
  it('has words of its own for each of the seven statuses', () => {
    const all = profileStatuses.map((status) => describeProfile(findings(status), full, now));
    for (const part of ['label', 'means', 'next'] as const) {
      expect(new Set(all.map((profile) => profile[part]))).toHaveProperty('size', profileStatuses.length);
    }
    expect(all.map(({ label }) => label)).toEqual([
      'Approved',
      'In review',
      'Pending',
      'Draft',
      'Rejected',
      'Could not be looked at',
      'No profile',
    ]);
  });

  it.each([
    ['approved', 'https://console.twilio.com/us1/account/trust-hub/customer-profiles/BU1/details'],
    ['draft', 'https://console.twilio.com/us1/account/trust-hub/customer-profiles/BU1/details'],
    ['rejected', 'https://console.twilio.com/us1/account/trust-hub/customer-profiles/BU1/details'],
    ['no-profile', 'https://console.twilio.com/us1/account/trust-hub/customer-profiles'],
    ['error', 'https://console.twilio.com/us1/account/trust-hub/customer-profiles'],
  ] as const)('%s leads to %s', (status, consoleUrl) => {
    expect(describeProfile(findings(status), full, now).consoleUrl).toBe(consoleUrl);
  });

  it('says what an approved profile unlocks, with the limits as they are', () => {
    const draft = describeProfile(findings('draft'), full, now).unlocks.join('\n');
    expect(draft).toContain('Now: 2 calls at once.');
    expect(draft).toContain('Now: 1 a second.');
    expect(describeProfile(findings('approved'), full, now).unlocks.join('\n')).not.toContain('Now:');
    const trial = { ...full, type: 'Trial' } as const;
    expect(describeProfile(findings('approved'), trial, now).unlocks.join('\n')).toMatch(
      /Now: 5 calls at once.*until it is upgraded/s,
    );
    expect(describeProfile(findings('draft'), null, now).unlocks.join('\n')).not.toContain('calls at once. ');
  });

  it('warns once the validity has passed', () => {
    const until = (validUntil: number, status: ProfileStatus = 'approved') =>
      describeProfile(findings(status, { profile: { ...theirs, validUntil } }), full, now);
    expect(until(now + 1)).toMatchObject({ warnings: [], validUntil: now + 1 });
    expect(until(now).warnings).toEqual([expect.stringContaining('renew it')]);
    expect(until(now - 1, 'draft').warnings).toContain('The profile’s validity has passed.');
  });

  it.each(profileStatuses)('warns while Twilio has not approved it, and only then: %s', (status) => {
    for (const account of [full, subaccount, null]) {
      const { warnings } = describeProfile(findings(status), account, now);
      const isSafe = status === 'approved' || status === 'error';
      expect(warnings).toEqual(
        isSafe ? [] : [expect.stringContaining('a test call shows whether they work')],
      );
    }
  });

  it('says what was last known when Twilio can’t be asked, and how to mend that', () => {
    const problem = { code: 20003, status: 401, says: 'Wrong.', remedy: 'Connect again.', link: null };
    const error = describeProfile(findings('error', { problem, lastKnown: 'in-review' }), full, now);
    expect(error).toMatchObject({ problem, next: 'Connect again.' });
    expect(error.means).toContain('When last seen it was: In review.');
    expect(describeProfile(findings('error'), full, now).means).not.toContain('When last seen');
    const link = 'https://console.twilio.com/where-it-is-mended';
    const linked = findings('error', { problem: { ...problem, link } });
    expect(describeProfile(linked, subaccount, now).consoleUrl).toBe(link);
    const away = findings('error', { problem: { ...problem, link: 'https://status.twilio.com/' } });
    expect(describeProfile(away, subaccount, now).consoleUrl).toMatch(/^https:\/\/console\.twilio\.com\//);
  });

  it('sends a subaccount to its main account', () => {
    const none = describeProfile(findings('no-profile'), subaccount, now);
    expect(none.means).toContain('the primary Business Profile lives in the main account ACmain');
    expect(none.next).toContain('main account');
    expect(none.means).not.toContain('When last seen');
    const seen = findings('no-profile', { mainLastKnown: 'approved' });
    expect(describeProfile(seen, subaccount, now).means).toContain('When last seen it was: Approved.');
    expect(describeProfile(seen, full, now).means).not.toContain('When last seen');
    expect(none.consoleUrl).toBe('https://console.twilio.com/us1/account/manage-account/subaccounts');
    expect(describeProfile(findings('approved'), subaccount, now).means).not.toContain('subaccount');
  });

  it('keeps the warnings of the way there', () => {
    const { warnings } = describeProfile(findings('rejected', { warnings: ['Oops.'] }), full, now);
    expect(warnings).toContain('Oops.');
  });
});
