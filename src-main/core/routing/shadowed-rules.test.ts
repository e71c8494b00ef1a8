import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from './compile-rules.ts';
import { regionsOf } from './regions.ts';
import { shadowedRules } from './shadowed-rules.ts';
import { arbitraryDesk, arbitraryFacts, deskOf, naiveMatch } from './test-support/arbitrary-rules.ts';

const to = '+14165550001';

function shadowedIn(...whens: object[]) {
  const desk = deskOf({ rules: whens.map((when, at) => ({ name: `R${at}`, when, to })) });
  return shadowedRules(compileRules(desk.integrations[0]?.dynamic?.rules ?? [], desk));
}

describe('shadowedRules', () => {
  it('never names a rule that some call reaches', () => {
    let named = 0;
    fc.assert(
      fc.property(
        arbitraryDesk,
        fc.array(arbitraryFacts, { minLength: 10, maxLength: 30 }),
        (desk, calls) => {
          const rules = desk.integrations[0]?.dynamic?.rules ?? [];
          const shadowed = shadowedRules(compileRules(rules, desk)).map(({ position }) => rules[position]);
          named += shadowed.length;
          for (const facts of calls) {
            const matched = naiveMatch(facts, desk, facts.number === null ? [] : regionsOf(facts.number));
            if (matched !== undefined) expect(shadowed).not.toContain(matched);
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(named, 'the rules that were drawn overlap').toBeGreaterThan(100);
  });

  it.each([
    ['a rule without conditions', [{}, { callerPrefix: '+1416' }]],
    ['a shorter prefix', [{ callerPrefix: '+1' }, { callerPrefix: ['+1416', '+1647'] }]],
    ['the region of its prefix', [{ callerRegion: 'CA-ON' }, { callerPrefix: '+1416' }]],
    ['the country of its region', [{ callerRegion: 'CA' }, { callerRegion: ['CA-ON', 'CA-QC'] }]],
    ['the country of its prefix', [{ callerRegion: 'DE' }, { callerPrefix: '+4930' }]],
    ['more values', [{ field: { city: ['A', 'b'] } }, { field: { city: ' B' } }]],
    [
      'fewer conditions',
      [{ workflow: 'day' }, { workflow: 'day', contact: 'known', schedule: 'office', open: true }],
    ],
    ['known contacts, who alone have tags', [{ contact: 'known' }, { contact: { tag: 'vip' } }]],
  ])('names a rule that is covered by %s', (_why, whens) => {
    expect(shadowedIn(...whens)).toEqual([
      { position: 1, by: [0], says: 'can never match: the rule "R0" above it takes all its calls' },
    ]);
  });

  it.each([
    ['known and new', [{ contact: 'known' }, { contact: 'new' }]],
    [
      'open and closed',
      [
        { schedule: 'office', open: true },
        { schedule: 'office', open: false },
      ],
    ],
  ])('names a rule that two rules cover together: %s', (_why, whens) => {
    expect(shadowedIn(...whens, { callerPrefix: '+49' })).toMatchObject([{ position: 2, by: [0, 1] }]);
  });

  it.each([
    ['a prefix outside its region', { callerPrefix: '+1204', callerRegion: 'CA-ON' }],
    ['a schedule that is never open', { schedule: 'never', open: true }],
    ['a schedule that never closes', { schedule: 'always', open: false }],
  ])('names a rule that contradicts itself: %s', (_why, when) => {
    expect(shadowedIn(when)).toMatchObject([{ position: 0, by: [] }]);
  });

  it('says nothing of rules that only overlap', () => {
    expect(
      shadowedIn(
        { callerPrefix: '+1416', contact: 'known' },
        { callerPrefix: '+14' },
        { callerRegion: 'CA-ON', schedule: 'office', open: true },
        { callerRegion: 'CA-ON', schedule: 'nights', open: false },
        { contact: { tag: 'vip' } },
        { contact: 'known' },
        { callerPrefix: '+44' },
        { callerRegion: 'GB' },
        {},
      ),
    ).toEqual([]);
  });

  it('finds them among many rules', () => {
    const rules = Array.from({ length: 10_000 }, (_, at) => ({ field: { city: `city ${at % 9_000}` } }));
    expect(shadowedIn(...rules)).toHaveLength(1_000);
  });
});
