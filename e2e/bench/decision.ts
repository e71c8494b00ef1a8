import Database from 'better-sqlite3';
import { AttachedNumberQueries } from '../../src-main/core/database/attached-numbers.ts';
import { ContactQueries } from '../../src-main/core/database/contacts.ts';
import { migrations } from '../../src-main/core/database/migrations.ts';
import { RouteMemoryQueries } from '../../src-main/core/database/route-memory.ts';
import { type CompiledDesk, compileDesk } from '../../src-main/core/desk/desk-service.ts';
import { systemClock } from '../../src-main/core/ports.ts';
import { RouteMemory } from '../../src-main/core/routing/route-memory.ts';
import { RouteService } from '../../src-main/core/routing/route-service.ts';
import { deskSchema } from '../../src-preload/contract/desk.ts';
import { type BenchRow, median } from './measure.ts';

const integrationId = 'desk';
const rounds = 41;
const decisionsPerRound = 20_000;
const silence = () => {};
const logger = { debug: silence, info: silence, warn: silence, error: silence };

/** What a decision is made among. */
interface Scale {
  rules: number;
  schedules: number;
  contacts: number;
  /** With conditions on the contact, schedules, regions and form fields beside prefixes. */
  everyCondition: boolean;
}

/** What a decision costs with much to look through against little, as both front doors ask for it. */
export function benchDecision(): BenchRow[] {
  const prefixes = { schedules: 0, contacts: 0, everyCondition: false };
  const everything = { everyCondition: true };
  return [
    compared(
      'a decision, 10,000 rules against 10',
      { ...prefixes, rules: 10_000 },
      { ...prefixes, rules: 10 },
    ),
    compared(
      'a decision, 10,000 rules, 200 schedules and 100,000 contacts against 10 rules, 1 schedule and no contact',
      { ...everything, rules: 10_000, schedules: 200, contacts: 100_000 },
      { ...everything, rules: 10, schedules: 1, contacts: 0 },
    ),
  ];
}

function compared(name: string, much: Scale, little: Scale): BenchRow {
  const few = deciderAmong(little);
  const many = deciderAmong(much);
  const fewCosts: number[] = [];
  const manyCosts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    fewCosts.push(costOf(few));
    manyCosts.push(costOf(many));
  }
  for (const { close } of [few, many]) close();
  // Neighbouring rounds meet the same neighbours on the machine.
  const ratio = median(manyCosts.map((cost, round) => cost / (fewCosts[round] ?? cost)));
  return {
    name,
    measured: `${Math.round(median(manyCosts))} ns`,
    baseline: `${Math.round(median(fewCosts))} ns`,
    ratio,
    limit: '≤ 2',
    met: ratio <= 2,
  };
}

interface Decider {
  decide(caller: string, turn: number): number;
  rules: number;
  close(): void;
}

/** Nanoseconds a decision, over callers of which nine in ten meet the prefix of a rule. */
function costOf({ decide, rules }: Decider): number {
  const callers = Array.from({ length: 1000 }, (_, index) => {
    const rule = index % 10 === 9 ? rules + index : (index * 7919) % rules;
    return `${prefixOf(rule)}23`;
  });
  let length = 0;
  const startedAt = performance.now();
  for (let index = 0; index < decisionsPerRound; index++) {
    length += decide(callers[index % callers.length] ?? '', index);
  }
  const ns = ((performance.now() - startedAt) * 1e6) / decisionsPerRound;
  if (length === 0) throw new Error('no decision was made');
  return ns;
}

const prefixOf = (rule: number) => `+1${String(416_000_0 + rule * 37).padStart(8, '4')}`;

const departments = ['sales', 'billing', 'support'];

/** A decider on a real database that asks for the contact as the transfer webhook does. */
function deciderAmong(scale: Scale): Decider {
  const db = new Database(':memory:');
  for (const { sql } of migrations) db.exec(sql);
  const contacts = new ContactQueries(db);
  contacts.upsertFromDesk(
    Array.from({ length: scale.contacts }, (_, index) => ({
      number: `${prefixOf(index)}23`,
      tags: index % 3 === 0 ? ['vip'] : [],
    })),
    0,
  );
  const routes = routesOn(db, compileDesk(deskWith(scale)));
  return {
    rules: scale.rules,
    decide(number, turn) {
      const facts = {
        number,
        fields: { department: departments[turn % departments.length] ?? '' },
        called: '+14165550100',
        workflowId: 'reception',
      };
      const decision = routes.decide(integrationId, { ...facts, contact: contacts.facts(number) });
      if (decision instanceof Promise) throw new Error('rules decide without waiting');
      return decision.destinations.length;
    },
    close: () => db.close(),
  };
}

function deskWith({ rules, schedules, everyCondition }: Scale) {
  return deskSchema.parse({
    patchbay: 1,
    integrations: [
      {
        id: integrationId,
        name: 'Desk',
        staticNumber: '+14165551234',
        dynamic: {
          rules: Array.from({ length: rules }, (_, index) => ({
            name: `Rule ${index}`,
            when: {
              ...(everyCondition ? conditionsOf(index, schedules) : plainConditionsOf(index)),
            },
            to: '+14165550001',
          })),
        },
      },
    ],
    schedules: Array.from({ length: schedules }, (_, index) => ({
      id: `schedule-${index}`,
      timezone: 'America/Toronto',
      open: {
        mon: ['09:00-17:00'],
        wed: [`08:${String(index % 60).padStart(2, '0')}-17:00`],
        fri: ['10:00-12:00'],
      },
      closed: ['2026-12-24'],
    })),
  });
}

const plainConditionsOf = (index: number) => ({
  callerPrefix: prefixOf(index),
  ...(index % 5 === 0 ? { contact: 'new' } : {}),
});

/** Ten kinds of rules in turn: with few rules each is there once, with many a thousandfold. */
function conditionsOf(index: number, schedules: number) {
  const callerPrefix = prefixOf(index);
  const times = { schedule: `schedule-${index % schedules}`, open: index % 3 !== 0 };
  const kinds = [
    { callerPrefix, contact: { tag: 'vip' } },
    { callerPrefix, ...times },
    { callerPrefix, contact: 'known', ...times },
    { callerPrefix, field: { department: 'billing' } },
    { callerRegion: 'US-NY', field: { department: `department ${index}` } },
    { callerPrefix, called: '+14165550100', contact: 'new' },
    { contact: { tag: `tag ${index}` } },
    { workflow: 'reception', field: { city: `city ${index}` }, ...times },
    { callerRegion: ['CA-ON', 'CA-QC'], contact: { tag: 'gold' }, ...times },
    { callerPrefix },
  ];
  return kinds[index % kinds.length];
}

function routesOn(db: Database.Database, desk: CompiledDesk): RouteService {
  const recorder = { write: () => Promise.resolve('durable' as const) };
  const attached = new AttachedNumberQueries(db);
  return new RouteService({
    desk: () => desk,
    memory: new RouteMemory({
      queries: new RouteMemoryQueries(db),
      recorder,
      notifier: { notify: silence },
      isAttached: (number) => attached.holds(number) || desk.workflowByNumber.has(number),
      logger,
    }),
    outbound: { postJson: () => Promise.reject(new Error('nothing is posted in this bench')) },
    recorder,
    webhookRequests: { insert: silence },
    clock: systemClock,
    logger,
  });
}
