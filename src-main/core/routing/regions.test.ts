import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBeOf, regionProblem, regionsOf, regionsOfPrefix } from './regions.ts';

describe('regionsOf', () => {
  it.each([
    ['+14165557777', ['CA', 'CA-ON']],
    ['+12045557777', ['CA', 'CA-MB']],
    ['+15145557777', ['CA', 'CA-QC']],
    ['+12125557777', ['US', 'US-NY']],
    ['+12065557777', ['US', 'US-WA']],
    ['+12025557777', ['US', 'US-DC']],
    ['+13105557777', ['US', 'US-CA']],
    ['+12035557777', ['US', 'US-CT']],
    ['+17135557777', ['US', 'US-TX']],
    ['+19055557777', ['CA', 'CA-ON']],
    ['+19025557777', ['CA', 'CA-NS', 'CA-PE']],
    ['+18675557777', ['CA', 'CA-NT', 'CA-NU', 'CA-YT']],
    ['+17875557777', ['PR']],
    ['+18765557777', ['JM']],
    ['+12425557777', ['BS']],
    ['+18095557777', ['DO']],
    ['+442079460958', ['GB']],
    ['+447911823456', ['GB']],
    ['+441534456789', ['JE']],
    ['+441481960194', ['GG']],
    ['+441624756789', ['IM']],
    ['+79161234567', ['RU']],
    ['+77172123456', ['KZ']],
    ['+390612345678', ['IT']],
    ['+390669812345', ['VA']],
    ['+61293744000', ['AU']],
    ['+61891641234', ['CX']],
    ['+61891621234', ['CC']],
    ['+4721234567', ['NO']],
    ['+4779123456', ['SJ']],
    ['+358912345678', ['FI']],
    ['+35818123456', ['AX']],
    ['+212522123456', ['MA']],
    ['+262262161234', ['RE']],
    ['+262269601234', ['YT']],
    ['+590590201234', ['GP']],
    ['+590590271234', ['BL']],
    ['+5997151234', ['BQ']],
    ['+59994151234', ['CW']],
    ['+493012345678', ['DE']],
    ['+35312345678', ['IE']],
  ])('%s is from %j', (number, regions) => {
    expect(regionsOf(number)).toEqual(regions);
  });

  it.each([
    ['+18005557777', 'toll-free'],
    ['+18885557777', 'toll-free'],
    ['+19005557777', 'premium'],
    ['+15005557777', 'personal'],
    ['+80012345678', 'toll-free everywhere'],
    ['+9991234567', 'no country’s'],
    ['+1999', 'no area code'],
    ['+', 'no number'],
    ['', 'no number'],
  ])('%s is from nowhere: %s', (number) => {
    expect(regionsOf(number)).toEqual([]);
  });

  it('takes a number of an unknown range for one of the code’s main country', () => {
    expect(regionsOf('+4400000')).toEqual(['GB']);
  });

  it('agrees with what is said of prefixes', () => {
    const digits = (most: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: most });
    const start = fc.constantFrom('+1', '+1416', '+1902', '+1800', '+44', '+49', '+4', '+7', '+59', '+590');
    const region = fc.constantFrom('CA', 'CA-ON', 'CA-NS', 'US', 'US-NY', 'GB', 'GG', 'DE', 'KZ', 'BL', 'FR');
    fc.assert(
      fc.property(start, digits(3), digits(8), region, (begin, more, rest, one) => {
        const prefix = begin + more;
        const regions = regionsOf(prefix + rest);
        for (const certain of regionsOfPrefix(prefix)) expect(regions).toContain(certain);
        if (!canBeOf(one, prefix)) expect(regions).not.toContain(one);
      }),
      { numRuns: 2000 },
    );
    expect(regionsOfPrefix('+1416555')).toEqual(['CA', 'CA-ON']);
    expect(regionsOfPrefix('+4930')).toEqual(['DE']);
    expect(canBeOf('CA-ON', '+1204')).toBe(false);
    expect(canBeOf('CA-ON', '+14')).toBe(true);
    expect(canBeOf('DE', '+44')).toBe(false);
  });
});

describe('regionProblem', () => {
  it('knows countries, states and provinces, and says what there is instead', () => {
    for (const region of ['CA', 'CA-ON', 'US-DC', 'DE', 'PR']) expect(regionProblem(region)).toBeNull();
    expect(regionProblem('ZZ')).toBe('there is no country "ZZ" with phone numbers (ISO 3166)');
    expect(regionProblem('CA-XX')).toContain('those of CA are AB, BC, MB');
    expect(regionProblem('DE-BY')).toContain('use "DE"');
  });
});
