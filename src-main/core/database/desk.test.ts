import { beforeEach, describe, expect, it } from 'vitest';
import { type Desk, deskSchema } from '../../../src-preload/contract/desk.ts';
import { ContactQueries } from './contacts.ts';
import { DeskQueries } from './desk.ts';
import type { Db } from './open-database.ts';
import { memoryDatabase } from './testing.ts';

const routerKey = 'k'.repeat(40);
const desk = deskSchema.parse({
  patchbay: 1,
  integrations: [
    {
      id: 'zebra',
      name: 'Zebra',
      staticNumber: '+14165551234',
      routerKey,
      dynamic: {
        rules: [
          { name: 'Toronto', when: { callerPrefix: ['+1416', '+1647'] }, to: '+14165550001' },
          { name: 'Billing', when: { field: { department: ['billing'] } }, to: 'accounts' },
        ],
      },
      noAnswer: ['next', 'message'],
    },
    {
      id: 'alpha',
      name: 'Alpha',
      staticNumber: '+14165551235',
      dynamic: { webhook: 'https://example.com/x' },
    },
  ],
  groups: [{ id: 'accounts', strategy: 'round-robin', numbers: ['+14165550003', '+14165550002'] }],
  schedules: [
    { id: 'office', timezone: 'America/Toronto', open: { mon: ['09:00-17:00'] }, closed: ['2026-12-24'] },
  ],
  workflows: [
    {
      id: 'reception',
      name: 'Réception “A”',
      number: '+14165550100',
      integration: 'zebra',
      greeting: 'Hello.',
      prompt: 'Be kind.',
      model: 'rehearsal:keywords',
      form: [{ id: 'department', label: 'Department', type: 'choice', options: ['sales', 'billing'] }],
    },
    {
      id: 'after-hours',
      kind: 'custom',
      name: 'After hours',
      number: '+14165550101',
      metadata: { integration: 'alpha' },
      greeting: 'Hello.',
      prompt: 'Be brief.',
      model: 'openai:gpt-5.4',
    },
  ],
  contacts: [{ number: '+14165557777', name: 'Corner Bakery', tags: ['vip'] }],
});
const empty: Desk = deskSchema.parse({ patchbay: 1 });

let db: Db;
let contacts: ContactQueries;
let desks: DeskQueries;
beforeEach(() => {
  db = memoryDatabase();
  contacts = new ContactQueries(db);
  desks = new DeskQueries(db, contacts);
});

describe('DeskQueries', () => {
  it('starts with an empty desk', () => {
    expect(desks.load()).toEqual(empty);
  });

  it('gives back what was put in force, every part in its order', () => {
    desks.replace(desk, 1);
    expect(desks.load()).toEqual(desk);
    expect(JSON.stringify(desks.load())).toBe(JSON.stringify(desk));
    desks.replace(desks.load(), 2);
    expect(desks.load()).toEqual(desk);
  });

  it('removes what a desk no longer lists, but no contacts', () => {
    contacts.ensure('+14165559999', 1);
    expect(contacts.facts('+14165557777').known).toBe(false);
    desks.replace(desk, 2);
    const [zebra] = desk.integrations;
    const smaller: Desk = { ...empty, integrations: zebra === undefined ? [] : [zebra] };
    desks.replace(smaller, 3);
    expect(desks.load()).toEqual({ ...smaller, contacts: desk.contacts });
    expect(contacts.facts('+14165559999').known).toBe(true);
    expect(contacts.facts('+14165557777')).toEqual({ known: true, tags: ['vip'] });
  });

  it('is all or nothing', () => {
    desks.replace(desk, 1);
    const lost: Desk = { ...desk, integrations: [], contacts: [{ number: '+14165550000', tags: [] }] };
    expect(() => desks.replace(lost, 2)).toThrow(/FOREIGN KEY/);
    const twice: Desk = {
      ...desk,
      workflows: desk.workflows.map((one) => ({ ...one, number: '+14165550100' })),
    };
    expect(() => desks.replace(twice, 2)).toThrow(/UNIQUE/);
    const sameKey: Desk = { ...desk, integrations: desk.integrations.map((one) => ({ ...one, routerKey })) };
    expect(() => desks.replace(sameKey, 2)).toThrow(/UNIQUE/);
    expect(desks.load()).toEqual(desk);
  });

  it('has real columns for what is looked up', () => {
    desks.replace(desk, 1);
    expect(
      db
        .prepare('SELECT static_number, router_key, dynamic_webhook FROM integrations WHERE id = ?')
        .get('zebra'),
    ).toEqual({
      static_number: '+14165551234',
      router_key: routerKey,
      dynamic_webhook: null,
    });
    expect(
      db.prepare('SELECT id, integration_id FROM workflows WHERE number = ?').get('+14165550101'),
    ).toEqual({
      id: 'after-hours',
      integration_id: 'alpha',
    });
  });
});
