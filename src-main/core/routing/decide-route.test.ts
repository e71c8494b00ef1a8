import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Desk, e164Schema } from '../../../src-preload/contract/desk.ts';
import { maxDials } from '../calls/ring-plan.ts';
import { type CompiledIntegration, compileIntegration } from './compile-rules.ts';
import { decideRoute, firstMatch } from './decide-route.ts';
import { freshState, type RouteState } from './groups.ts';
import { regionsOf } from './regions.ts';
import type { RouteFacts } from './route-facts.ts';
import {
  arbitraryDesk,
  arbitraryFacts,
  arbitraryState,
  deskOf,
  naiveMatch,
  staticNumber,
} from './test-support/arbitrary-rules.ts';

const monday10 = Date.UTC(2026, 10, 23, 15); // 10:00 in Toronto

function compiledFrom(desk: Desk): CompiledIntegration {
  const [integration] = desk.integrations;
  if (integration === undefined) throw new Error('the desk has an integration');
  return compileIntegration(integration, desk);
}

const compiledWith = (
  rules: unknown[],
  groups: unknown[] = [],
  noAnswer: string[] = ['message'],
): CompiledIntegration => compiledFrom(deskOf({ rules, groups, noAnswer }));

function factsOf(number: string | null, more: Partial<RouteFacts> = {}): RouteFacts {
  return {
    number,
    contact: { known: false, tags: [] },
    fields: {},
    called: null,
    workflowId: null,
    now: monday10,
    ...more,
  };
}

describe('decideRoute', () => {
  it('agrees with the plain reading of the rules', () => {
    fc.assert(
      fc.property(
        arbitraryDesk,
        fc.array(arbitraryFacts, { minLength: 1, maxLength: 5 }),
        (desk, callers) => {
          const compiled = compiledFrom(desk);
          for (const facts of callers) {
            const expected = naiveMatch(facts, desk, facts.number === null ? [] : regionsOf(facts.number));
            expect(compiled.rules?.list[firstMatch(facts, compiled)]?.rule).toBe(expected);
            expect(decideRoute(facts, compiled).rule).toBe(expected?.name);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('always yields a destination, and the same one again', () => {
    fc.assert(
      fc.property(arbitraryDesk, arbitraryFacts, arbitraryState, (desk, facts, state) => {
        const compiled = compiledFrom(desk);
        const choice = decideRoute(facts, compiled, state);
        expect(choice.destinations.length).toBeGreaterThan(0);
        for (const destination of choice.destinations) {
          expect(e164Schema.safeParse(destination).success).toBe(true);
        }
        expect(new Set(choice.destinations).size).toBe(choice.destinations.length);
        expect(decideRoute(facts, compiled, state)).toEqual(choice);
        expect(decideRoute(facts, compiledFrom(structuredClone(desk)), state)).toEqual(choice);
        expect(choice.why).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('rings nobody who can’t be rung, but for the static number when nobody else is left', () => {
    fc.assert(
      fc.property(arbitraryDesk, arbitraryFacts, arbitraryState, (desk, facts, state) => {
        const { destinations } = decideRoute(facts, compiledFrom(desk), state);
        for (const destination of destinations.filter((number) => number !== staticNumber)) {
          expect(destination).not.toBe(facts.number);
          expect(state.isAttached(destination)).toBe(false);
          expect(state.restsUntil(destination)).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('goes to the static number without rules, and when no rule matches', () => {
    const desk = deskOf({ rules: [] });
    const [integration] = desk.integrations;
    if (integration === undefined) throw new Error('the desk has an integration');
    const { dynamic: _rules, ...plain } = integration;
    expect(decideRoute(factsOf('+14165557777'), compileIntegration(plain, desk))).toMatchObject({
      destinations: [staticNumber],
      via: 'static',
    });
    const compiled = compiledWith([
      { name: 'Montreal', when: { callerPrefix: '+1514' }, to: '+15145550001' },
    ]);
    expect(decideRoute(factsOf('+14165557777'), compiled)).toEqual({
      destinations: [staticNumber],
      via: 'static',
      why: 'No rule matched.',
    });
  });

  it('says which rule matched and why', () => {
    const compiled = compiledWith([
      {
        name: 'Toronto',
        when: {
          callerPrefix: ['+1416', '+1647'],
          callerRegion: 'CA-ON',
          contact: { tag: 'vip' },
          field: { department: ['billing', 'accounts'] },
          schedule: 'office',
          open: true,
        },
        to: '+14165550001',
      },
    ]);
    const facts = factsOf('+16475550000', {
      contact: { known: true, tags: ['vip'] },
      fields: { department: ' Billing' },
    });
    expect(decideRoute(facts, compiled)).toEqual({
      destinations: ['+14165550001'],
      via: 'rule',
      rule: 'Toronto',
      why: 'The rule "Toronto" matched: the number starts with +1416 or +1647 and the number is from CA-ON and the contact has the tag "vip" and department is billing or accounts and office is open.',
    });
    expect(decideRoute(factsOf('+16475550000'), compiled).via).toBe('static');
  });

  it('compares what a form field says, however it is written', () => {
    const composed = 'Montr\u00e9al';
    const decomposed = 'MONTRE\u0301AL ';
    const compiled = compiledWith([
      { name: 'City', when: { field: { city: composed } }, to: '+14165550001' },
      { name: 'Size', when: { field: { size: ['１２ ㎡'] } }, to: '+14165550001' },
    ]);
    const matched = (fields: Record<string, string>) =>
      decideRoute(factsOf('+14165557777', { fields }), compiled).rule;
    expect(matched({ city: decomposed })).toBe('City');
    expect(matched({ city: 'Montreal' }), 'another word').toBeUndefined();
    expect(matched({ size: '12 m2' })).toBe('Size');
  });

  it('agrees with the plain reading when many rules differ in little', () => {
    const rules = Array.from({ length: 60 }, (_, at) => ({
      name: `Rule ${at}`,
      when: {
        callerPrefix: ['+1', '+1416', '+1416'],
        called: [`+1416555${String(at).padStart(4, '0')}`, '+14165550099'],
        ...(at % 2 === 0 ? { field: { city: [`city ${at}`, 'everywhere'] } } : {}),
        ...(at % 3 === 0 ? { contact: { tag: `tag ${at}` } } : {}),
      },
      to: '+14165550001',
    }));
    const desk = deskOf({ rules: [...rules, { name: 'Last', to: '+14165550002' }] });
    const compiled = compiledFrom(desk);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 70 }),
        fc.constantFrom('+14165557777', '+12045557777', '+4930123456', null),
        (one, other, number) => {
          const facts = factsOf(number, {
            called: `+1416555${String(one).padStart(4, '0')}`,
            fields: { city: other % 2 === 0 ? `city ${other}` : 'everywhere' },
            contact: { known: true, tags: [`tag ${other}`, `tag ${one}`] },
          });
          expect(decideRoute(facts, compiled).rule).toBe(naiveMatch(facts, desk, [])?.name);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes a caller without a number for a new one, whatever the contact says', () => {
    const compiled = compiledWith([
      { name: 'Prefix', when: { callerPrefix: '+1' }, to: '+14165550001' },
      { name: 'Region', when: { callerRegion: 'CA' }, to: '+14165550004' },
      { name: 'Known', when: { contact: 'known' }, to: '+14165550002' },
      { name: 'New', when: { contact: 'new' }, to: '+14165550003' },
    ]);
    const withheld = factsOf(null, { contact: { known: true, tags: ['vip'] } });
    expect(decideRoute(withheld, compiled).rule).toBe('New');
  });

  it.each(['', '14165557777', '+1416x', 'anonymous', '+', '++1416'])(
    'lives with %j for a number',
    (number) => {
      const compiled = compiledWith([
        { name: 'Toronto', when: { callerPrefix: '+1416' }, to: '+14165550001' },
        { name: 'Germany', when: { callerRegion: 'DE' }, to: '+14165550001' },
      ]);
      const matches = number.startsWith('+1416');
      expect(decideRoute(factsOf(number), compiled).via).toBe(matches ? 'rule' : 'static');
    },
  );

  it('follows a schedule as it turns', () => {
    const compiled = compiledWith([
      { name: 'Day', when: { schedule: 'office', open: true }, to: '+14165550001' },
      { name: 'Night', when: { schedule: 'office', open: false }, to: '+14165550002' },
    ]);
    const ruleAt = (now: number) => decideRoute(factsOf(null, { now }), compiled).rule;
    const noon = Date.UTC(2026, 10, 23, 17);
    expect([ruleAt(noon - 1), ruleAt(noon), ruleAt(noon + 60 * 60_000), ruleAt(noon - 1)]).toEqual([
      'Day',
      'Night',
      'Day',
      'Day',
    ]);
  });
});

describe('a group in a decision', () => {
  const [ann, bob, cid, dan] = ['+14165550001', '+14165550002', '+14165550003', '+14165550004'] as const;
  const to = (strategy: string, numbers: unknown[], noAnswer?: string[]) =>
    compiledWith([{ name: 'All', to: 'team' }], [{ id: 'team', strategy, numbers }], noAnswer);
  const stateWith = (state: Partial<RouteState>): RouteState => ({ ...freshState, ...state });

  it('rings one after the other where the ring plan has a next, the static number last', () => {
    expect(decideRoute(factsOf(null), to('in-order', [ann, bob], ['next', 'message']))).toMatchObject({
      destinations: [ann, bob, staticNumber],
      group: 'team',
      rule: 'All',
    });
    expect(decideRoute(factsOf(null), to('in-order', [ann, bob])).destinations).toEqual([ann]);
  });

  it('keeps a place for the static number among the dials that a call may take', () => {
    const compiled = to('in-order', [ann, bob, cid, dan, '+14165550005'], ['next']);
    const { destinations } = decideRoute(factsOf(null), compiled);
    expect(destinations).toEqual([ann, bob, cid, staticNumber]);
    expect(destinations).toHaveLength(maxDials);
    const own = decideRoute(factsOf(staticNumber), compiled).destinations;
    expect(own, 'the static number itself calls').toEqual([ann, bob, cid, dan]);
  });

  it('begins after the member that was taken last', () => {
    const compiled = to('round-robin', [ann, bob, cid], ['next']);
    const state = stateWith({ lastTaken: () => bob });
    expect(decideRoute(factsOf(null), compiled, state)).toMatchObject({
      destinations: [cid, ann, bob, staticNumber],
      taken: { groupId: 'team', member: cid },
      seen: { lastTaken: bob },
    });
    const gone = stateWith({ lastTaken: () => '+14165559999' });
    expect(decideRoute(factsOf(null), compiled, gone).destinations[0]).toBe(ann);
  });

  it('rings all at once, with and without a next', () => {
    expect(decideRoute(factsOf(null), to('all-at-once', [ann, bob]))).toMatchObject({
      destinations: [ann, bob],
      together: [ann, bob],
    });
    expect(decideRoute(factsOf(null), to('all-at-once', [ann, bob], ['next']))).toMatchObject({
      destinations: [ann, bob, staticNumber],
      together: [ann, bob],
    });
    expect(decideRoute(factsOf(ann), to('all-at-once', [ann, bob]))).not.toHaveProperty('together');
  });

  it('leaves out who is away, outside the own hours, resting, calling or attached', () => {
    const numbers = [
      { number: ann, away: true },
      { number: bob, schedule: 'never' },
      cid,
      dan,
      '+14165550005',
      { number: '+14165550006', schedule: 'office', seconds: 45 },
    ];
    const state = stateWith({
      restsUntil: (number) => (number === cid ? monday10 + 1 : 0),
      isAttached: (number) => number === '+14165550005',
    });
    expect(decideRoute(factsOf(dan), to('in-order', numbers, ['next']), state)).toMatchObject({
      destinations: ['+14165550006', staticNumber],
      seconds: { '+14165550006': 45 },
      seen: { resting: [cid] },
    });
    expect(decideRoute(factsOf(dan), to('in-order', [cid]), state)).toMatchObject({
      destinations: [staticNumber],
      via: 'rule',
      why: 'The rule "All" matched: it has no condition. Nobody of the group team can be rung, so the static number is.',
    });
  });

  it('says why the number of a rule is not rung', () => {
    const compiled = compiledWith([{ name: 'Ann', to: ann }], [], ['next']);
    expect(decideRoute(factsOf(ann), compiled)).toMatchObject({
      destinations: [staticNumber],
      why: `The rule "Ann" matched: it has no condition. ${ann} is the caller’s own number, so the static number is rung.`,
    });
    const resting = stateWith({ restsUntil: () => Number.MAX_SAFE_INTEGER });
    expect(decideRoute(factsOf(null), compiled, resting).destinations).toEqual([staticNumber]);
    const toStatic = compiledWith([{ name: 'Static', to: staticNumber }]);
    expect(decideRoute(factsOf(null), toStatic, resting).why, 'it never rests').not.toContain('rests');
  });
});
