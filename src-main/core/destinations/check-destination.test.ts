import { describe, expect, it } from 'vitest';
import type { DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import { staticNumber, testDestinations } from './test-support/tested-destinations.ts';

const verdictsOf = ({ checks }: DestinationTest) =>
  Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
const saidOf = ({ checks }: DestinationTest, wanted: string) =>
  checks.find(({ id }) => id === wanted)?.says ?? '';
const request = { number: staticNumber, integrationId: 'front-desk', lineType: false };

describe('checking a destination without a call', () => {
  it('looks at everything that costs nothing, in order, and keeps it', async () => {
    await using under = await testDestinations();
    const test = await under.destinations.check(request);
    expect(test.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['format', 'ok'],
      ['lookup', 'ok'],
      ['line-type', 'unknown'],
      ['country', 'ok'],
      ['trial', 'ok'],
      ['call', 'unknown'],
    ]);
    expect(test).toMatchObject({ number: staticNumber, integrationId: 'front-desk', call: null });
    expect(under.destinations.list()[0]).toEqual({
      integrationId: 'front-desk',
      number: staticNumber,
      test,
    });
    expect(under.twilio.account.requests.every(({ params }) => !('Fields' in params))).toBe(true);
    expect(under.asked('POST', /./)).toBe(0);
  });

  it('pays for the line type only when asked, and remembers what was paid for', async () => {
    await using under = await testDestinations({
      lookups: { [staticNumber]: { lineType: 'voicemail' } },
    });
    const paid = await under.destinations.check({ ...request, lineType: true });
    expect(verdictsOf(paid)['line-type']).toBe('warning');
    const later = await under.destinations.check(request);
    expect(saidOf(later, 'line-type')).toBe(saidOf(paid, 'line-type'));
    expect(under.twilio.account.requests.filter(({ params }) => 'Fields' in params)).toHaveLength(1);
  });

  it('does not pay for what is no number, and says what Canada’s registry wants', async () => {
    const canadian = '+16135550000';
    await using under = await testDestinations({
      lookups: {
        [staticNumber]: { valid: false, validationErrors: ['INVALID_BUT_POSSIBLE'] },
        [canadian]: { errorCode: 60601 },
      },
    });
    const unreal = await under.destinations.check({ ...request, lineType: true });
    expect(verdictsOf(unreal)).toMatchObject({ lookup: 'broken', 'line-type': 'unknown', country: 'ok' });
    expect(under.twilio.account.requests.some(({ params }) => 'Fields' in params)).toBe(false);
    const approval = await under.destinations.check({ number: canadian, lineType: true });
    expect(saidOf(approval, 'line-type')).toContain('Canadian');
  });

  it('stops at a broken format', async () => {
    await using under = await testDestinations();
    const test = await under.destinations.check({ ...request, number: '(416) 555-1234' });
    expect(verdictsOf(test)).toEqual({
      format: 'broken',
      lookup: 'unknown',
      'line-type': 'unknown',
      country: 'unknown',
      trial: 'unknown',
      call: 'unknown',
    });
    expect(test.checks[0]?.remedy).toContain('+14165551234');
    expect(under.twilio.account.requests).toEqual([]);
    under.setDesk('+19005551234');
    const premium = await under.destinations.check({ ...request, number: '+19005551234' });
    expect(under.destinations.list()[0]?.test).toEqual(premium);
  });

  it('looks at the format alone without an account', async () => {
    await using under = await testDestinations();
    under.connected.account = null;
    const test = await under.destinations.check({ ...request, lineType: true });
    expect(verdictsOf(test)).toMatchObject({ format: 'ok', lookup: 'unknown', country: 'unknown' });
    expect(saidOf(test, 'trial')).toContain('no Twilio account is connected');
    expect(under.twilio.account.requests).toEqual([]);
  });

  it('finds the blocked country, the unverified number and the border', async () => {
    const british = '+442079460958';
    await using under = await testDestinations({
      type: 'Trial',
      verifiedCallerIds: [british],
      blockedCountries: ['CA'],
    });
    expect(verdictsOf(await under.destinations.check(request))).toMatchObject({
      country: 'broken',
      trial: 'broken',
    });
    const abroad = await under.destinations.check({ number: british, lineType: false });
    expect(verdictsOf(abroad)).toMatchObject({ country: 'warning', trial: 'ok' });
    expect(saidOf(abroad, 'country')).toContain('United Kingdom');
  });

  it('finds a special service that the account may not call, and asks for such numbers only then', async () => {
    const special = { specialPrefixes: ['+1416555'] };
    const asked = /HighRiskSpecialPrefixes$/;
    await using under = await testDestinations(special);
    const test = await under.destinations.check(request);
    expect(verdictsOf(test).country).toBe('broken');
    expect(saidOf(test, 'country')).toContain('special services');
    expect(under.asked('GET', asked)).toBe(1);
    await using blocked = await testDestinations({ ...special, blockedCountries: ['CA'] });
    expect(saidOf(await blocked.destinations.check(request), 'country')).toContain(
      'does not allow calls to Canada',
    );
    expect(blocked.asked('GET', asked)).toBe(0);
  });

  it('without a way to Twilio says so, and leaves what was found before', async () => {
    await using under = await testDestinations();
    const before = await under.destinations.check(request);
    await under.time.advance(60);
    under.twilio.account.fail({}, { hangUp: true });
    const lost = await under.destinations.check(request);
    expect(verdictsOf(lost)).toMatchObject({ lookup: 'unknown', country: 'unknown' });
    expect(under.destinations.list()[0]?.test).toEqual(before);
    under.connected.account = null;
    await under.destinations.check(request);
    expect(under.destinations.list()[0]?.test).toEqual(before);
  });

  it('goes on where one of the questions fails', async () => {
    await using under = await testDestinations();
    under.twilio.account.fail({ subdomain: 'lookups' }, { hangUp: true });
    under.twilio.account.fail({ subdomain: 'voice' }, { status: 503 });
    const test = await under.destinations.check({ ...request, lineType: true });
    expect(verdictsOf(test)).toMatchObject({
      format: 'ok',
      lookup: 'unknown',
      'line-type': 'unknown',
      country: 'unknown',
      trial: 'ok',
    });
    expect(saidOf(test, 'lookup')).toContain('Twilio can’t be reached');
  });
});

describe('the standing of an integration’s static number', () => {
  it('is untested again when the number changes', async () => {
    await using under = await testDestinations();
    await under.destinations.check(request);
    under.setDesk('+14165554321');
    expect(under.destinations.list()[0]).toEqual({
      integrationId: 'front-desk',
      number: '+14165554321',
      test: null,
    });
  });

  it('counts tests of the number for this integration and for none, the latest first', async () => {
    await using under = await testDestinations();
    const { destinations, time } = under;
    await destinations.check({ ...request, integrationId: 'accounts' });
    expect(destinations.list()[0]?.test).toBeNull();
    await destinations.check({ number: staticNumber, lineType: false });
    expect(destinations.list()[0]?.test?.integrationId).toBeNull();
    await time.advance(60);
    const latest = await destinations.check(request);
    expect(destinations.list()[0]?.test).toEqual(latest);
    expect(under.restarted().list()[0]?.test).toEqual(latest);
    expect(latest.at).toBe(time.date().getTime());
  });
});
