import { describe, expect, it } from 'vitest';
import { checkFormat, countryOf } from './check-format.ts';

const canada = { homeNumbers: ['+14165550100'], answeredNumbers: ['+14165550100'] };
const nowhere = { homeNumbers: [], answeredNumbers: [] };

describe('the format of a destination', () => {
  it.each([
    ['+14165551234', 'CA', 'The format is right.'],
    ['+442079460958', 'GB', 'The format is right.'],
    ['+919876543210', 'IN', 'The format is right.'],
    ['+18005551234', 'US', 'The format is right: a toll-free number.'],
  ])('%s is one (%s)', (number, country, says) => {
    expect(checkFormat(number, canada)).toEqual({
      finding: { verdict: 'ok', says, remedy: null, link: null },
      number,
      country,
    });
  });

  it.each([
    ['', 'No number was given.'],
    ['   ', 'No number was given.'],
    ['911', 'emergency number or a short code'],
    ['+112', 'emergency number or a short code'],
    ['12345', 'emergency number or a short code'],
    ['+1416555', 'too short'],
    ['+1416555123456', 'too long'],
    ['+99914165551234', 'no country has'],
    ['+1416555CALL', 'more than digits'],
    ['+14165551234 ext. 5', 'more than digits'],
    ['+19005551234', 'premium-rate'],
    ['+449012345678', 'premium-rate'],
    ['+14165550100', 'Patchbay itself answers that number'],
    [`+${'1'.repeat(60)}`, 'too long'],
  ])('“%s” is refused', (number, why) => {
    const { finding, number: read } = checkFormat(number, canada);
    expect(finding.says).toContain(why);
    expect(finding).toMatchObject({ verdict: 'broken', remedy: expect.stringMatching(/\w/) });
    expect(read).toBeNull();
  });

  it('proposes E.164 where the operator’s own numbers tell the country', () => {
    const spelled = checkFormat('(416) 555-1234', canada).finding;
    expect(spelled.verdict).toBe('broken');
    expect(spelled.remedy).toContain('+14165551234');
    const british = checkFormat('020 7946 0958', { ...nowhere, homeNumbers: ['+442079460000'] }).finding;
    expect(british.remedy).toContain('+442079460958');
  });

  it('proposes nothing where no country is known, or the digits fit none of its numbers', () => {
    expect(checkFormat('(416) 555-1234', nowhere).finding.remedy).not.toContain('if that is');
    expect(checkFormat('416 555 12', canada).finding.remedy).not.toContain('if that is');
  });

  it('reads a number with spaces, and says how to write it', () => {
    const { finding, number } = checkFormat('+1 (416) 555-1234', canada);
    expect(number).toBe('+14165551234');
    expect(finding).toMatchObject({ verdict: 'warning', remedy: 'Write it that way: +14165551234.' });
  });

  it.each([
    ['+15555555555', 'no such range'],
    ['+448001111111', 'toll-free'],
    ['+491801234567', 'service number'],
    ['+443012345678', 'service number'],
  ])('%s is looked at further, with a warning', (number, why) => {
    const { finding, number: read } = checkFormat(number, canada);
    expect(finding.verdict).toBe('warning');
    expect(finding.says).toContain(why);
    expect(read).toBe(number);
  });

  it('knows that some numbers belong to no country', () => {
    expect(checkFormat('+88216123456', nowhere).country).toBeNull();
    expect(countryOf('+14165551234')).toBe('CA');
    expect(countryOf('nonsense')).toBeNull();
  });
});
