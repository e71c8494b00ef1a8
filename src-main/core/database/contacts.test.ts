import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeskContact } from '../../../src-preload/contract/desk.ts';
import { endedCall } from '../test-support/sample-call.ts';
import { CallQueries } from './calls.ts';
import { ContactQueries } from './contacts.ts';
import type { Db } from './open-database.ts';
import { memoryDatabase } from './testing.ts';

const number = '+14165557777';
const bakery: DeskContact = { number, name: 'Corner Bakery', notes: 'Boiler from 2019', tags: ['vip'] };

let db: Db;
let contacts: ContactQueries;
beforeEach(() => {
  db = memoryDatabase();
  contacts = new ContactQueries(db);
});

describe('a contact', () => {
  it('is new once and known from then on', () => {
    expect(contacts.facts(number)).toEqual({ known: false, tags: [] });
    const first = contacts.ensure(number, 1_000);
    expect(first).toEqual({
      contact: { id: 1, number, name: null, notes: '', tags: [], createdAt: 1_000 },
      known: false,
    });
    expect(contacts.ensure(number, 2_000)).toEqual({ contact: first.contact, known: true });
    expect(contacts.facts(number)).toEqual({ known: true, tags: [] });
    expect(contacts.byId(1)).toEqual(contacts.byNumber(number));
    expect(contacts.byId(2)).toBeUndefined();
  });

  it('has the tags of the desk file that is in force', () => {
    expect(contacts.facts(number)).toEqual({ known: false, tags: [] });
    contacts.upsertFromDesk([bakery], 1);
    expect(contacts.facts(number)).toEqual({ known: true, tags: ['vip'] });
    contacts.upsertFromDesk([{ number, tags: ['slow', 'late'] }], 2);
    expect(contacts.facts(number)).toEqual({ known: true, tags: ['slow', 'late'] });
    expect(new ContactQueries(db).facts(number)).toEqual(contacts.facts(number));
  });

  it('has the operator’s name, else the first one that a call found out', () => {
    const { id } = contacts.ensure(number, 1).contact;
    contacts.setNameIfEmpty(id, 'Sam');
    contacts.setNameIfEmpty(id, 'Samantha');
    expect(contacts.byId(id)?.name).toBe('Sam');
    contacts.upsertFromDesk([bakery], 2);
    expect(contacts.byId(id)).toMatchObject({
      name: 'Corner Bakery',
      tags: ['vip'],
      notes: 'Boiler from 2019',
    });
    contacts.upsertFromDesk([{ number, tags: [] }], 3);
    expect(contacts.byId(id)).toMatchObject({ name: 'Sam', tags: [], notes: '', createdAt: 1 });
    expect(contacts.deskContacts()).toEqual([{ number, tags: [] }]);
  });

  it('keeps what calls noted, once, when the desk file is applied again', () => {
    contacts.upsertFromDesk([bakery], 1);
    const { id } = contacts.ensure(number, 2).contact;
    contacts.addNote(id, 'call-1', 3, 'Asked about the boiler.');
    contacts.addNote(id, 'call-1', 3, 'Asked about the boiler.');
    contacts.addNote(id, 'call-2', 4, 'Wants a quote.');
    contacts.upsertFromDesk([bakery], 5);
    expect(contacts.card(number, 'none').notes).toBe(
      'Boiler from 2019\nAsked about the boiler.\nWants a quote.',
    );
    expect(contacts.byId(id)?.notes).toBe('Boiler from 2019');
  });
});

describe('the caller card', () => {
  it('shows the ten newest earlier calls of this caller', () => {
    const calls = new CallQueries(db);
    contacts.ensure(number, 1);
    for (let day = 1; day <= 12; day += 1) {
      calls.saveView(
        endedCall({
          id: `call-${day}`,
          callSid: `CA${day}`,
          from: number,
          startedAt: day * 1_000,
          summary: `Call ${day}`,
        }),
      );
    }
    calls.saveView(endedCall({ id: 'other', callSid: 'CA-other', from: '+14165550009', startedAt: 99_000 }));
    const { history } = contacts.card(number, 'call-12');
    expect(history.map((call) => call.callId)).toEqual(
      [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((day) => `call-${day}`),
    );
    expect(history[0]).toEqual({ callId: 'call-11', at: 11_000, outcome: 'finished', summary: 'Call 11' });
  });

  it('is empty for a withheld caller', () => {
    new CallQueries(db).saveView(endedCall({ from: null }));
    expect(contacts.card(null, 'none')).toEqual({
      contactId: null,
      number: null,
      name: null,
      notes: '',
      tags: [],
      history: [],
    });
  });
});

describe('contacts and the desk file', () => {
  const deskContact: fc.Arbitrary<DeskContact> = fc
    .record(
      {
        number: fc.integer({ min: 0, max: 30 }).map((last) => `+141655500${String(last).padStart(2, '0')}`),
        name: fc.string(),
        notes: fc.string(),
        tags: fc.array(fc.string(), { maxLength: 3 }),
      },
      { requiredKeys: ['number', 'tags'] },
    )
    .map((contact) => ({ ...contact }));
  const list = fc.uniqueArray(deskContact, { selector: (contact) => contact.number, maxLength: 8 });

  it('come out as they went in, in order, followed by those of earlier desk files', () => {
    fc.assert(
      fc.property(list, list, (earlier, later) => {
        db.exec('DELETE FROM contacts');
        contacts.upsertFromDesk(earlier, 1);
        expect(contacts.deskContacts()).toEqual(earlier);
        contacts.upsertFromDesk(later, 2);
        const listed = new Set(later.map((contact) => contact.number));
        const expected = [...later, ...earlier.filter((contact) => !listed.has(contact.number))];
        expect(contacts.deskContacts()).toEqual(expected);
        contacts.upsertFromDesk(contacts.deskContacts(), 3);
        expect(contacts.deskContacts()).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('leave out who has only called', () => {
    contacts.ensure(number, 1);
    expect(contacts.deskContacts()).toEqual([]);
    contacts.upsertFromDesk([bakery], 2);
    expect(contacts.deskContacts()).toEqual([bakery]);
    expect(contacts.byNumber(number)?.id).toBe(1);
  });
});
