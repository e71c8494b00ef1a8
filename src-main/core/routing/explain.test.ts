import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent, CallFact } from '../../../src-preload/contract/calls.ts';
import type { Desk } from '../../../src-preload/contract/desk.ts';
import { routeExplanationSchema } from '../../../src-preload/contract/routing.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { received } from '../test-support/sample-call.ts';
import { compileIntegration } from './compile-rules.ts';
import { decideRoute } from './decide-route.ts';
import { explainRoute } from './explain.ts';
import { ExplainService } from './explain-service.ts';
import { freshState, type RouteState } from './groups.ts';
import type { RouteFacts } from './route-facts.ts';
import { UnknownIntegrationError } from './route-service.ts';
import {
  arbitraryDesk,
  arbitraryFacts,
  arbitraryState,
  deskOf,
  staticNumber,
} from './test-support/arbitrary-rules.ts';

const monday10 = Date.UTC(2026, 10, 23, 15); // 10:00 in Toronto
const [ann, bob, cid, dan] = ['+14165550001', '+14165550002', '+14165550003', '+14165550004'] as const;
const secondsFor = (_destination: string, seconds: number) => seconds;

function explain(desk: Desk, facts: Partial<RouteFacts>, state: RouteState = freshState) {
  const [integration] = desk.integrations;
  if (integration === undefined) throw new Error('the desk has an integration');
  const all = {
    number: '+14165557777',
    contact: { known: false, tags: [] },
    fields: {},
    called: null,
    workflowId: null,
    now: monday10,
    ...facts,
  };
  return explainRoute(all, compileIntegration(integration, desk), { state, secondsFor });
}

describe('explainRoute', () => {
  it('tells the decision that is made, and a reason for every rule', () => {
    fc.assert(
      fc.property(arbitraryDesk, arbitraryFacts, arbitraryState, (desk, facts, state) => {
        const explanation = explain(desk, facts, state);
        routeExplanationSchema.parse(explanation);
        const [integration] = desk.integrations;
        if (integration === undefined) return;
        const choice = decideRoute(facts, compileIntegration(integration, desk), state);
        expect(explanation.destinations).toEqual(choice.destinations);
        expect(
          explanation.rules.filter(({ outcome }) => outcome === 'matched').map(({ name }) => name),
        ).toEqual(choice.rule === undefined ? [] : [choice.rule]);
        const outcomes = explanation.rules.map(({ outcome }) => outcome).join();
        expect(outcomes).toMatch(/^(not-matched,?)*(matched(,not-looked-at)*)?$/);
        for (const { why } of explanation.rules) expect(why.length).toBeGreaterThan(0);
        for (const { number, outcome } of explanation.group?.members ?? []) {
          expect(outcome === 'rung').toBe(choice.destinations.includes(number));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('says in words what keeps each rule from matching', () => {
    const desk = deskOf({
      rules: [
        { name: 'Prefix', when: { callerPrefix: ['+1905', '+1647'] }, to: ann },
        { name: 'Region', when: { callerRegion: ['CA-QC'] }, to: ann },
        { name: 'Known', when: { contact: 'known' }, to: ann },
        { name: 'Tag', when: { contact: { tag: 'vip' } }, to: ann },
        { name: 'Field', when: { field: { department: 'billing', city: 'Oslo' } }, to: ann },
        { name: 'Called', when: { called: '+14165550100' }, to: ann },
        { name: 'Workflow', when: { workflow: 'day' }, to: ann },
        { name: 'Night', when: { schedule: 'office', open: false }, to: ann },
        { name: 'Day', when: { schedule: 'office', open: true }, to: bob },
        { name: 'Rest', to: ann },
      ],
    });
    const { rules, regions } = explain(desk, { fields: { department: 'sales' }, called: '+14165550101' });
    expect(regions).toEqual(['CA', 'CA-ON']);
    expect(rules.map(({ name, why }) => `${name}: ${why.join('; ')}`)).toEqual([
      'Prefix: the number does not start with +1905 or +1647',
      'Region: the number is from CA-ON, not CA-QC',
      'Known: the caller is no known contact',
      'Tag: the caller is no known contact',
      'Field: department is sales, not billing; city was not said',
      'Called: the number called is +14165550101, not +14165550100',
      'Workflow: the workflow is none of Patchbay’s, not day',
      'Night: office is open until 12:00',
      'Day: office is open until 12:00',
      'Rest: the rule "Day" above it matched',
    ]);
    expect(explain(desk, { number: null }).rules[0]?.why).toEqual(['the caller’s number is withheld']);
  });

  it('says until when a schedule is closed, and for what', () => {
    const desk = deskOf({ rules: [{ name: 'Day', when: { schedule: 'office', open: true }, to: ann }] });
    const whyAt = (now: string) => explain(desk, { now: Date.parse(now) }).rules[0]?.why;
    expect(whyAt('2026-11-23T22:30Z')).toEqual(['office is closed until Mon 30 Nov 09:00']);
    expect(whyAt('2026-11-24T15:00Z'), 'a closed day').toEqual([
      'office is closed until Mon 09:00 (a closed day)',
    ]);
    expect(whyAt('2026-11-23T13:00Z')).toEqual(['office is closed until 09:00']);
  });

  it('points out rules that can never match', () => {
    const desk = deskOf({
      rules: [
        { name: 'All', to: ann },
        { name: 'Toronto', when: { callerPrefix: '+1416' }, to: bob },
      ],
    });
    expect(explain(desk, {}).rules[1]).toMatchObject({
      outcome: 'not-looked-at',
      neverMatches: 'can never match: the rule "All" above it takes all its calls',
    });
  });

  it('tells of each member whether it is rung and why not, and how long it can take', () => {
    const numbers = [
      { number: ann, away: true },
      { number: bob, schedule: 'nights' },
      { number: cid, seconds: 45 },
      dan,
      '+14165550005',
    ];
    const desk = deskOf({
      rules: [{ name: 'All', to: 'team' }],
      groups: [{ id: 'team', strategy: 'in-order', numbers }],
      noAnswer: ['next', 'message'],
    });
    const resting = {
      ...freshState,
      restsUntil: (number: string) => (number === dan ? monday10 + 4.5 * 60_000 : 0),
    };
    const explanation = explain(desk, {}, resting);
    expect(explanation.group?.members).toEqual([
      { number: ann, outcome: 'away', says: 'is away' },
      { number: bob, outcome: 'closed', says: 'is outside its hours: nights is closed until 22:00' },
      { number: cid, outcome: 'rung', says: 'is rung first, for 45 s' },
      {
        number: dan,
        outcome: 'resting',
        says: 'rests, because it was not reached twice in a row, for 5 more minutes',
      },
      { number: '+14165550005', outcome: 'rung', says: 'is rung as number 2, for 20 s' },
    ]);
    expect(explanation.destinations).toEqual([cid, '+14165550005', staticNumber]);
    expect(explanation.atMostSeconds).toBe(45 + 20 + 20);
  });

  it('asks nothing of a dynamic webhook, and counts the time that it may take', () => {
    const desk = deskOf({ rules: [] });
    const [integration] = desk.integrations;
    if (integration === undefined) throw new Error('the desk has an integration');
    integration.dynamic = { webhook: 'https://example.com/route', timeoutMs: 2500 };
    expect(explain(desk, {})).toMatchObject({
      via: 'webhook',
      destinations: [],
      rules: [],
      atMostSeconds: 43,
    });
  });
});

describe('ExplainService', () => {
  const rules = [
    { name: 'Vip', when: { contact: { tag: 'vip' } }, to: ann },
    { name: 'Billing', when: { field: { department: 'billing' }, called: '+14165550100' }, to: bob },
  ];
  const events = (decided: Extract<CallFact, { type: 'transfer.decided' }>['decision']): CallEvent[] =>
    [
      received,
      {
        type: 'transfer.requested',
        cause: 'model',
        reason: 'a bill',
        summary: '',
        department: 'Billing',
      } as const,
      { type: 'transfer.decided', decision: decided } as const,
    ].map((fact, at) => ({ callId: 'call', seq: at + 1, at: monday10 + at * 1000, fact }));

  function service(log: CallEvent[] = []) {
    const desk = compileDesk(deskOf({ rules }));
    return new ExplainService({
      desk: () => desk,
      contacts: {
        facts: (number) =>
          number === '+14165558888' ? { known: true, tags: ['vip'] } : { known: false, tags: [] },
      },
      eventsOf: (callId) => (callId === 'call' ? log : []),
      state: freshState,
      secondsFor,
    });
  }
  const question = { integrationId: 'desk', number: '+14165558888', at: monday10 };

  it('knows the contacts, and takes what it is told instead', () => {
    const matched = (more: object) =>
      service()
        .explain({ ...question, ...more })
        .rules.find(({ outcome }) => outcome === 'matched')?.name;
    expect(matched({})).toBe('Vip');
    expect(matched({ contact: 'new' })).toBeUndefined();
    expect(matched({ tags: ['other'] })).toBeUndefined();
    expect(matched({ number: '+14165550777', tags: ['vip'] })).toBe('Vip');
    expect(matched({ contact: 'new', called: '+14165550100', fields: { department: 'BILLING' } })).toBe(
      'Billing',
    );
    expect(() => service().explain({ ...question, integrationId: 'nobody' })).toThrow(
      UnknownIntegrationError,
    );
  });

  it('explains a decision that was made by what it went by', () => {
    const made = {
      integrationId: 'desk',
      destinations: [bob],
      via: 'rule' as const,
      rule: 'Billing',
      why: '',
      tookMs: 1,
    };
    expect(service(events(made)).explainCall('call')).toMatchObject({
      isSame: true,
      explanation: { at: monday10 + 1999, rules: [{ outcome: 'not-matched' }, { outcome: 'matched' }] },
    });
    const withTag = { ...made, destinations: [ann], rule: 'Vip', seen: { tags: ['vip'] } };
    expect(service(events(withTag)).explainCall('call')).toMatchObject({ isSame: false });
    expect(service().explainCall('call')).toBeUndefined();
    expect(service().explainCall('another')).toBeUndefined();
  });
});
