import { describe, expect, it } from 'vitest';
import { fromCustomerProfile, primaryPolicySid, statusOf, type TrustHubProfile } from './profile-status.ts';

function profile(status: string, more: Partial<TrustHubProfile> = {}): TrustHubProfile {
  return {
    sid: `BU-${status}`,
    policySid: primaryPolicySid,
    name: 'Harbour Plumbing',
    status,
    validUntil: null,
    updatedAt: 1000,
    errorCodes: [],
    ...more,
  };
}

describe('the status of an account’s profiles', () => {
  it.each([
    ['twilio-approved', 'approved'],
    ['in-review', 'in-review'],
    ['pending-review', 'pending'],
    ['twilio-rejected', 'rejected'],
    ['draft', 'draft'],
  ])('%s is %s', (theirs, ours) => {
    expect(statusOf([profile(theirs)])).toEqual({ status: ours, profile: profile(theirs) });
  });

  it('is no profile without one', () => {
    expect(statusOf([])).toEqual({ status: 'no-profile' });
  });

  it('is an error with a word that Twilio has added', () => {
    expect(statusOf([profile('half-approved')])).toEqual({ status: 'error', unknown: 'half-approved' });
    expect(statusOf([profile('')])).toEqual({ status: 'error', unknown: '' });
  });

  it('is the best of several, whatever their order and dates', () => {
    const order = ['twilio-approved', 'in-review', 'pending-review', 'twilio-rejected', 'draft', 'strange'];
    for (const [at, best] of order.slice(0, -1).entries()) {
      const worse = order.slice(at + 1).map((status, index) => profile(status, { updatedAt: 5000 + index }));
      for (const profiles of [
        [...worse, profile(best)],
        [profile(best), ...worse],
      ]) {
        expect(statusOf(profiles)).toMatchObject({ profile: { status: best } });
      }
    }
  });

  it('is that of the one changed last among equals', () => {
    const at = (updatedAt: number | null) => profile('draft', { sid: `BU${updatedAt}`, updatedAt });
    expect(statusOf([at(10), at(30), at(null), at(20)])).toMatchObject({ profile: { sid: 'BU30' } });
  });

  it('is not that of a profile that a reseller made for a customer', () => {
    const secondary = profile('twilio-approved', { policySid: 'RNdfbf3fae0e1107f8aded0e7cead80bf5' });
    expect(statusOf([secondary, profile('draft', { policySid: null })])).toMatchObject({ status: 'draft' });
  });
});

describe('reading a profile of the package’s', () => {
  it('takes what Twilio tells', () => {
    const dateUpdated = new Date('2026-11-20T09:00:00Z');
    expect(
      fromCustomerProfile({
        sid: 'BU1',
        policySid: 'RN1',
        friendlyName: 'Harbour',
        status: 'draft',
        validUntil: new Date('2027-01-01T00:00:00Z'),
        dateUpdated,
        errors: [{ code: 18601 }, { code: '18602' }, 18603, '18604', null, 'what', {}, { code: null }, true],
      }),
    ).toEqual({
      sid: 'BU1',
      policySid: 'RN1',
      name: 'Harbour',
      status: 'draft',
      validUntil: Date.UTC(2027, 0, 1),
      updatedAt: dateUpdated.getTime(),
      errorCodes: [18601, 18602, 18603, 18604],
    });
  });

  it.each([
    ['nulls', null],
    ['nothing', undefined],
    ['another kind', 17],
    ['no date', 'soon'],
  ])('does not mind %s', (_what, value) => {
    expect(
      fromCustomerProfile({
        sid: 'BU1',
        policySid: value === 'soon' ? null : value,
        friendlyName: value === 'soon' ? null : value,
        status: value === 'soon' ? null : value,
        validUntil: value,
        dateUpdated: value === 17 ? {} : value,
        errors: value,
      }),
    ).toMatchObject({ sid: 'BU1', policySid: null, name: null, updatedAt: null, errorCodes: [] });
  });
});
