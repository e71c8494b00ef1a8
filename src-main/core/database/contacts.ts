import type { Statement } from 'better-sqlite3';
import type { CallerCard } from '../../../src-preload/contract/calls.ts';
import type { DeskContact } from '../../../src-preload/contract/desk.ts';
import type { Db } from './open-database.ts';

/** Somebody who has called, or whom the operator has set up. */
export interface Contact {
  id: number;
  number: string;
  /** What the operator calls them, else what a call found out. */
  name: string | null;
  /** The operator's own notes; what calls leave is on the caller card. */
  notes: string;
  tags: string[];
  createdAt: number;
}

interface ContactRow {
  id: number;
  number: string;
  name: string | null;
  notes: string | null;
  tags: string | null;
  createdAt: number;
}

interface DeskContactRow {
  number: string;
  name: string | null;
  notes: string | null;
  tags: string | null;
}

/** What rules ask about a caller. */
export interface ContactFacts {
  known: boolean;
  tags: readonly string[];
}

const unknownContact: ContactFacts = { known: false, tags: [] };
const untagged: ContactFacts = { known: true, tags: [] };

type CallOfHistory = CallerCard['history'][number];

const HISTORY_LENGTH = 10;
const select = `SELECT id, number, coalesce(desk_name, learned_name) AS name, desk_notes AS notes,
  desk_tags AS tags, created_at AS createdAt FROM contacts`;

export class ContactQueries {
  readonly #db: Db;
  readonly #byNumber: Statement<[string], ContactRow>;
  readonly #byId: Statement<[number], ContactRow>;
  readonly #tags: Statement<[], [number: string, tags: string | null]>;
  readonly #insert: Statement<[string, number], ContactRow>;
  readonly #makeRoom: Statement<[number]>;
  readonly #upsert: Statement<[string, number, string | null, string | null, string | null, number]>;
  readonly #desk: Statement<[], DeskContactRow>;
  readonly #setName: Statement<[string, number]>;
  readonly #addNote: Statement<[number, string, number, string]>;
  readonly #notes: Statement<[number, number], string>;
  readonly #history: Statement<[string, string, number], CallOfHistory>;
  /** By number; undefined: not read since the desk file changed them. */
  #facts: Map<string, ContactFacts> | undefined;

  constructor(db: Db) {
    this.#db = db;
    this.#byNumber = db.prepare(`${select} WHERE number = ?`);
    this.#byId = db.prepare(`${select} WHERE id = ?`);
    this.#tags = db
      .prepare<[], [number: string, tags: string | null]>('SELECT number, desk_tags FROM contacts')
      .raw();
    this.#insert = db.prepare(
      `INSERT INTO contacts (number, created_at) VALUES (?, ?)
       RETURNING id, number, learned_name AS name, desk_notes AS notes, desk_tags AS tags, created_at AS createdAt`,
    );
    this.#makeRoom = db.prepare(
      'UPDATE contacts SET desk_position = desk_position + ? WHERE desk_position IS NOT NULL',
    );
    this.#upsert = db.prepare(
      `INSERT INTO contacts (number, desk_position, desk_name, desk_notes, desk_tags, created_at)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET desk_position = excluded.desk_position, desk_name = excluded.desk_name,
         desk_notes = excluded.desk_notes, desk_tags = excluded.desk_tags`,
    );
    this.#desk = db.prepare(
      `SELECT number, desk_name AS name, desk_notes AS notes, desk_tags AS tags FROM contacts
       WHERE desk_position IS NOT NULL ORDER BY desk_position`,
    );
    this.#setName = db.prepare(
      'UPDATE contacts SET learned_name = ? WHERE id = ? AND desk_name IS NULL AND learned_name IS NULL',
    );
    this.#addNote = db.prepare(
      'INSERT INTO contact_notes (contact_id, call_id, at, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#notes = db
      .prepare<[number, number], string>(
        'SELECT text FROM contact_notes WHERE contact_id = ? ORDER BY id DESC LIMIT ?',
      )
      .pluck();
    this.#history = db.prepare(
      `SELECT id AS callId, started_at AS at, outcome, summary FROM calls
       WHERE from_number = ? AND id <> ? ORDER BY started_at DESC LIMIT ?`,
    );
  }

  byNumber(number: string): Contact | undefined {
    return fromRow(this.#byNumber.get(number));
  }

  byId(id: number): Contact | undefined {
    return fromRow(this.#byId.get(id));
  }

  /** Finds the contact or makes it; `known` says that it was there before. */
  ensure(number: string, now: number): { contact: Contact; known: boolean } {
    const found = this.byNumber(number);
    if (found !== undefined) return { contact: found, known: true };
    const made = fromRow(this.#insert.get(number, now));
    if (made === undefined) throw new Error('SQLite returned no row for a contact that was just made');
    this.#facts?.set(number, untagged);
    return { contact: made, known: false };
  }

  /** What rules ask about a caller. From memory, because every decision asks: about 100 bytes a contact. */
  facts(number: string): ContactFacts {
    this.#facts ??= new Map(
      this.#tags
        .all()
        .map(([known, tags]) => [known, tags === null ? untagged : { known: true, tags: parseTags(tags) }]),
    );
    return this.#facts.get(number) ?? unknownContact;
  }

  /**
   * Takes over what a desk file says of these contacts: what the operator wrote about them is replaced, what calls
   * found out stays, and contacts that are not listed stay as they are.
   */
  upsertFromDesk(contacts: DeskContact[], now: number): void {
    this.#facts = undefined;
    this.#db.transaction(() => {
      this.#makeRoom.run(contacts.length);
      contacts.forEach((contact, position) => {
        const tags = contact.tags.length === 0 ? null : JSON.stringify(contact.tags);
        this.#upsert.run(contact.number, position, contact.name ?? null, contact.notes ?? null, tags, now);
      });
    })();
  }

  /** The contacts that the operator set up, as the desk file writes them: those of the last one first, in its order. */
  deskContacts(): DeskContact[] {
    return this.#desk.all().map(({ number, name, notes, tags }) => ({
      number,
      ...(name === null ? {} : { name }),
      ...(notes === null ? {} : { notes }),
      tags: parseTags(tags),
    }));
  }

  /** Keeps a name that a call found out; the operator's own name for the contact goes before it. */
  setNameIfEmpty(id: number, name: string): void {
    this.#setName.run(name, id);
  }

  /** Adds what a call leaves behind; the same note of the same call is kept once. */
  addNote(contactId: number, callId: string, at: number, text: string): void {
    this.#addNote.run(contactId, callId, at, text);
  }

  /** Who is calling, for the screen. A withheld caller (null) has an empty card. */
  card(number: string | null, exceptCallId: string): CallerCard {
    const contact = number === null ? undefined : this.byNumber(number);
    const left = contact === undefined ? [] : this.#notes.all(contact.id, HISTORY_LENGTH).reverse();
    return {
      contactId: contact?.id ?? null,
      number,
      name: contact?.name ?? null,
      notes: [contact?.notes ?? '', ...left].filter((note) => note !== '').join('\n'),
      tags: contact?.tags ?? [],
      history: number === null ? [] : this.#history.all(number, exceptCallId, HISTORY_LENGTH),
    };
  }
}

function fromRow(row: ContactRow | undefined): Contact | undefined {
  return row && { ...row, notes: row.notes ?? '', tags: parseTags(row.tags) };
}

function parseTags(json: string | null): string[] {
  return json === null ? [] : (JSON.parse(json) as string[]);
}
