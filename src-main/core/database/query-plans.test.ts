import { expect, it } from 'vitest';
import { CallQueries } from './calls.ts';
import { ContactQueries } from './contacts.ts';
import { DeskQueries } from './desk.ts';
import { OutboxQueries } from './outbox.ts';
import { memoryDatabase } from './testing.ts';
import { TransferQueries } from './transfers.ts';
import { WebhookRequestQueries } from './webhook-requests.ts';

/** The tables that grow with every call. Those of the desk are read as a whole. */
const walk = /^SCAN (calls|call_events|webhook_requests|platform_calls|w|p|outbox|contact_notes)\b/;
/** Indexes that hold few rows at any time, however many calls there were. */
const small = /INDEX (calls_open|calls_unsummarised|outbox_waiting)\b/;

/** Indexes of the rows that one list is about. */
const listed = /INDEX (calls_decided|webhook_requests_transfers)\b/;

/** A list walks its index from the newest row on and stops at its limit; a query with conditions has to search. */
function walksFar(source: string, step: string): boolean {
  const isList = source.includes('LIMIT') && (!source.includes('WHERE') || listed.test(step));
  return walk.test(step) && !small.test(step) && !isList;
}

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
  new DeskQueries(watched, new ContactQueries(watched));
  new OutboxQueries(watched);
  new TransferQueries(watched);
  new WebhookRequestQueries(watched);
  expect(sources.length).toBeGreaterThan(30);

  const bad: string[] = [];
  for (const source of sources) {
    const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${source}`);
    const parameters = Array.from({ length: source.split('?').length - 1 }, () => null);
    const steps = plan.all(...parameters).map((step) => step.detail);
    const sorts =
      steps.includes('USE TEMP B-TREE FOR ORDER BY') && steps.some((step) => step.includes('calls'));
    if (sorts || steps.some((step) => walksFar(source, step))) bad.push(`${source}\n${steps.join('\n')}`);
  }
  expect(bad).toEqual([]);
  db.close();
});
