import { describe, expect, it } from 'vitest';
import {
  countryFinding,
  countryNotOffered,
  lineTypeFinding,
  lookupFinding,
  trialFinding,
} from './account-findings.ts';

describe('Lookup’s validation', () => {
  it('lets a valid number pass', () => {
    expect(lookupFinding({ valid: true, validationErrors: [] }).verdict).toBe('ok');
  });

  it.each([
    [['TOO_SHORT'], 'it is too short'],
    [['TOO_LONG'], 'it is too long'],
    [['INVALID_BUT_POSSIBLE'], 'no carrier has such numbers'],
    [['INVALID_COUNTRY_CODE'], 'no country has its country code'],
    [['INVALID_LENGTH'], 'a wrong number of digits'],
    [['NOT_A_NUMBER'], 'it is not a phone number'],
    [['SOMETHING_NEW'], 'SOMETHING_NEW'],
    [['TOO_SHORT', 'INVALID_LENGTH'], 'it is too short, and it has a wrong number of digits'],
    [null, 'Twilio does not take it for a phone number.'],
  ])('says why it refused one: %s', (validationErrors, words) => {
    const finding = lookupFinding({ valid: false, validationErrors });
    expect(finding.verdict).toBe('broken');
    expect(finding.says).toContain(words);
  });
});

describe('the line type', () => {
  it.each([
    ['landline', 'ok'],
    ['mobile', 'ok'],
    ['fixedVoip', 'ok'],
    ['nonFixedVoip', 'ok'],
    ['personal', 'ok'],
    ['voicemail', 'warning'],
    ['pager', 'warning'],
    ['premium', 'warning'],
    ['tollFree', 'warning'],
    ['sharedCost', 'warning'],
    ['uan', 'warning'],
    ['unknown', 'unknown'],
    ['aTypeOfTomorrow', 'unknown'],
  ])('%s: %s', (type, verdict) => {
    expect(lineTypeFinding({ type, errorCode: null, carrierName: 'Harbour Mobile' }).verdict).toBe(verdict);
  });

  it('names the carrier where Twilio knows it', () => {
    const of = (carrierName: string | null) => lineTypeFinding({ type: 'mobile', carrierName }).says;
    expect(of('Harbour Mobile')).toBe('It is a mobile phone (Harbour Mobile).');
    expect(of(null)).toBe('It is a mobile phone.');
  });

  it('says what a missing approval or another code means', () => {
    expect(lineTypeFinding({ type: null, errorCode: 60601 })).toMatchObject({
      verdict: 'warning',
      says: expect.stringContaining('Canadian'),
    });
    expect(lineTypeFinding({ errorCode: 60600 })).toMatchObject({
      verdict: 'warning',
      link: 'https://www.twilio.com/docs/api/errors/60600',
    });
    expect(lineTypeFinding(null).verdict).toBe('unknown');
  });
});

describe('the country of a destination', () => {
  const allowed = { lowRiskNumbersEnabled: true };
  const canada = new Set(['CA']);

  it('is fine at home, next door in North America, and where no home is known', () => {
    expect(countryFinding('CA', allowed, canada)).toMatchObject({
      verdict: 'ok',
      says: 'Calls to Canada are allowed.',
    });
    expect(countryFinding('US', allowed, canada).verdict).toBe('ok');
    expect(countryFinding('SE', allowed, new Set()).verdict).toBe('ok');
  });

  it('is broken without the permission, with the page that gives it', () => {
    for (const lowRiskNumbersEnabled of [false, null]) {
      expect(countryFinding('GB', { lowRiskNumbersEnabled }, canada)).toMatchObject({
        verdict: 'broken',
        says: expect.stringContaining('United Kingdom'),
        link: 'https://console.twilio.com/us1/develop/voice/settings/geo-permissions',
      });
    }
  });

  it('is broken for a special service that the account may not call', () => {
    const answer = { ...allowed, needsSpecialPermission: true };
    expect(countryFinding('CA', answer, canada)).toMatchObject({
      verdict: 'broken',
      says: expect.stringContaining('not to its special services'),
      remedy: expect.stringContaining('high-risk special services of Canada'),
    });
  });

  it('names what a call to a country needs also where no home is known', () => {
    const turkey = countryFinding('TR', allowed, new Set());
    expect(turkey.verdict).toBe('warning');
    expect(turkey.says).toBe(
      'Calls to Türkiye are allowed. Calls that show a Turkish number, or none, are refused.',
    );
  });

  it('names what a call across the border needs', () => {
    const india = countryFinding('IN', allowed, canada);
    expect(india).toMatchObject({
      verdict: 'warning',
      link: 'https://www.twilio.com/en-us/guidelines/in/voice',
    });
    expect(india.says).toContain('India are allowed; it is another country');
    expect(india.says).toContain('from outside India');
    expect(countryFinding('SE', allowed, canada).says).toContain('carriers may replace or refuse');
    expect(countryFinding('US', allowed, new Set(['GB'])).verdict).toBe('warning');
  });

  it('is broken where Twilio offers no calls', () => {
    expect(countryNotOffered('CN')).toMatchObject({
      verdict: 'broken',
      says: expect.stringMatching(/China.*review/),
    });
  });
});

describe('the account’s type', () => {
  it('lets a full account call anybody and a trial account verified numbers', () => {
    expect(trialFinding('Full', false).verdict).toBe('ok');
    expect(trialFinding('Trial', true).verdict).toBe('ok');
    expect(trialFinding('Trial', false)).toMatchObject({
      verdict: 'broken',
      remedy: expect.stringContaining('Verify it'),
      link: expect.stringContaining('verified'),
    });
  });
});
