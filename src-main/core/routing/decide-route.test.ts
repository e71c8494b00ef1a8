import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Desk,
  deskSchema,
  e164Schema,
  type Integration,
  type Rule,
} from '../../../src-preload/contract/desk.ts';
import { compileIntegration } from './compile-rules.ts';
import { decideRoute, needsContact, type RouteFacts } from './decide-route.ts';

const staticNumber = '+14165551234';

function deskWith(dynamic: unknown): { desk: Desk; integration: Integration } {
  const desk = deskSchema.parse({
    patchbay: 1,
    integrations: [{ id: 'desk', name: 'Desk', staticNumber, ...(dynamic === undefined ? {} : { dynamic }) }],
  });
  const [integration] = desk.integrations;
  if (integration === undefined) throw new Error('the desk has an integration');
  return { desk, integration };
}

function compiledWith(rules: unknown[] | undefined) {
  const { desk, integration } = deskWith(rules === undefined ? undefined : { rules });
  return compileIntegration(integration, desk);
}

function factsOf(number: string | null, contact: Partial<RouteFacts['contact']> = {}): RouteFacts {
  return { number, contact: { known: false, tags: [], ...contact }, fields: {}, now: 0 };
}

/** What the rules mean, said as plainly as possible. */
function naive(facts: RouteFacts, rules: readonly Rule[]): string {
  const known = facts.number !== null && facts.contact.known;
  const tags = facts.number === null ? [] : facts.contact.tags;
  for (const { when, to } of rules) {
    if (!to.startsWith('+') || when.schedule !== undefined || when.field !== undefined) continue;
    if (when.callerPrefix?.some((prefix) => facts.number?.startsWith(prefix)) === false) continue;
    if (when.contact === 'known' && !known) continue;
    if (when.contact === 'new' && known) continue;
    if (typeof when.contact === 'object' && !tags.includes(when.contact.tag)) continue;
    return to;
  }
  return staticNumber;
}

// Few digits and few tags, so that rules and callers meet often.
const digits = fc.string({ unit: fc.constantFrom('1', '2', '3'), minLength: 0, maxLength: 5 });
const prefix = digits.map((rest) => `+1${rest}`);
const tag = fc.constantFrom('vip', 'known', 'new', 'any', 'about');
const rule = fc.record(
  {
    name: fc.constantFrom('A', 'B', 'C'),
    to: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 999 }).map((n) => `+1416555${n + 1000}`) },
      { weight: 1, arbitrary: fc.constant('a-group') },
    ),
    when: fc.record(
      {
        callerPrefix: fc.oneof(prefix, fc.array(prefix, { minLength: 1, maxLength: 3 })),
        contact: fc.oneof(fc.constantFrom('known', 'new'), fc.record({ tag })),
        field: fc.constant({ department: ['billing'] }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name', 'to'] },
);
const rules = fc.array(rule, { maxLength: 25 });
const facts = fc.record({
  number: fc.option(digits.map((rest) => `+1${rest}1234567`)),
  contact: fc.record({ known: fc.boolean(), tags: fc.array(tag, { maxLength: 3 }) }),
  fields: fc.constant({ department: 'billing' }),
  now: fc.constant(0),
});

describe('decideRoute', () => {
  it('agrees with the plain reading of the rules', () => {
    fc.assert(
      fc.property(rules, facts, (drawn, caller) => {
        const compiled = compiledWith(drawn);
        const choice = decideRoute(caller, compiled);
        expect(choice.destination).toBe(naive(caller, compiled.integration.dynamic?.rules ?? []));
        expect(e164Schema.safeParse(choice.destination).success).toBe(true);
        expect(decideRoute(caller, compiled)).toEqual(choice);
        expect(choice.why).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('asks for the contact exactly when it could matter', () => {
    fc.assert(
      fc.property(rules, facts, (drawn, caller) => {
        const compiled = compiledWith(drawn);
        if (needsContact(caller.number, compiled)) return;
        const withoutContact = { ...caller, contact: { known: false, tags: [] } };
        expect(decideRoute(withoutContact, compiled)).toEqual(decideRoute(caller, compiled));
      }),
      { numRuns: 1000 },
    );
    const known = { name: 'Known', when: { contact: 'known' }, to: '+14165550001' };
    const all = { name: 'All', to: '+14165550002' };
    expect(needsContact('+14165557777', compiledWith([known, all]))).toBe(true);
    expect(needsContact('+14165557777', compiledWith([all, known]))).toBe(false);
    expect(needsContact(null, compiledWith([known]))).toBe(false);
  });

  it('goes to the static number without rules, and when no rule matches', () => {
    expect(decideRoute(factsOf('+14165557777'), compiledWith(undefined))).toMatchObject({
      destination: staticNumber,
      via: 'static',
    });
    const compiled = compiledWith([
      { name: 'Montreal', when: { callerPrefix: '+1514' }, to: '+15145550001' },
    ]);
    expect(decideRoute(factsOf('+14165557777'), compiled)).toEqual({
      destination: staticNumber,
      via: 'static',
      why: 'No rule matched.',
    });
  });

  it('says which rule matched and why', () => {
    const compiled = compiledWith([
      {
        name: 'Toronto',
        when: { callerPrefix: ['+1416', '+1647'], contact: { tag: 'vip' } },
        to: '+14165550001',
      },
    ]);
    expect(decideRoute(factsOf('+16475550000', { known: true, tags: ['vip'] }), compiled)).toEqual({
      destination: '+14165550001',
      via: 'rule',
      rule: 'Toronto',
      why: 'The rule "Toronto" matched: the number starts with +1416 or +1647 and the contact has the tag "vip".',
    });
    expect(decideRoute(factsOf('+16475550000'), compiled).via).toBe('static');
  });

  it('takes a caller without a number for a new one, whatever the contact says', () => {
    const compiled = compiledWith([
      { name: 'Prefix', when: { callerPrefix: '+1' }, to: '+14165550001' },
      { name: 'Known', when: { contact: 'known' }, to: '+14165550002' },
      { name: 'New', when: { contact: 'new' }, to: '+14165550003' },
    ]);
    expect(decideRoute(factsOf(null, { known: true, tags: ['vip'] }), compiled).rule).toBe('New');
  });

  it.each(['', '14165557777', '+1416x', 'anonymous', '+', '++1416'])(
    'lives with %j for a number',
    (number) => {
      const compiled = compiledWith([
        { name: 'Toronto', when: { callerPrefix: '+1416' }, to: '+14165550001' },
      ]);
      const matches = number.startsWith('+1416');
      expect(decideRoute(factsOf(number), compiled).via).toBe(matches ? 'rule' : 'static');
    },
  );
});
