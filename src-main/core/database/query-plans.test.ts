import { expect, it } from 'vitest';
import { CallQueries } from './calls.ts';
import { ContactQueries } from './contacts.ts';
import { DeskQueries } from './desk.ts';
import { OutboxQueries } from './outbox.ts';
import { memoryDatabase } from './testing.ts';
import { WebhookRequestQueries } from './webhook-requests.ts';

/** The tables that grow with every call. Those of the desk are read as a whole. */
const growing = /^SCAN (calls|call_events|webhook_requests|outbox|contact_notes)$/;

it('no query walks or sorts a table that grows with the calls', () => {
  const db = memoryDatabase();
  const sources: string[] = [];
  const watched = new Proxy(db, {
    get: (target, property) => {
      if (property !== 'prepare') return Reflect.get(target, property);
      return (source: string) => {
        sources.push(source);
        return target.prepare(source);
      };
    },
  });
  new CallQueries(watched);
  new ContactQueries(watched);
  new DeskQueries(watched);
  new OutboxQueries(watched);
  new WebhookRequestQueries(watched);
  expect(sources.length).toBeGreaterThan(30);

  const bad: string[] = [];
  for (const source of sources) {
    const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${source}`);
    const parameters = Array.from({ length: source.split('?').length - 1 }, () => null);
    const steps = plan.all(...parameters).map((step) => step.detail);
    // The table itself in the order of its rows, and only as many of them as are wanted.
    const newestRows = source.includes('ORDER BY id DESC LIMIT');
    if (steps.some((step) => growing.test(step)) && !newestRows) bad.push(`${source}\n${steps.join('\n')}`);
    const sorts = steps.some((step) => step.includes('TEMP B-TREE FOR ORDER BY'));
    if (sorts && steps.some((step) => /\b(calls|call_events|webhook_requests)\b/.test(step))) {
      bad.push(`${source}\n${steps.join('\n')}`);
    }
  }
  expect(bad).toEqual([]);
  db.close();
});
