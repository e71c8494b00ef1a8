import type { Statement } from 'better-sqlite3';
import type { Desk } from '../../../src-preload/contract/desk.ts';
import type { ContactQueries } from './contacts.ts';
import type { Db } from './open-database.ts';

/** The parts of a desk that a desk file replaces as a whole, each after what it refers to. */
const parts = ['groups', 'schedules', 'integrations', 'workflows'] as const;
type Part = (typeof parts)[number];

interface PartStatements {
  read: Statement<[], string>;
  clear: Statement<[]>;
  insert: Statement<[string, number, string, number]>;
}

/** Everything the operator set up, as one piece. */
export class DeskQueries {
  readonly #db: Db;
  readonly #contacts: ContactQueries;
  readonly #statements: Record<Part, PartStatements>;

  /** @param contacts those that calls ask: they keep in memory what a desk file changes */
  constructor(db: Db, contacts: ContactQueries) {
    this.#db = db;
    this.#contacts = contacts;
    this.#statements = {
      groups: statementsFor(db, 'groups'),
      schedules: statementsFor(db, 'schedules'),
      integrations: statementsFor(db, 'integrations'),
      workflows: statementsFor(db, 'workflows'),
    };
  }

  /** The desk in force. */
  load(): Desk {
    return this.#db.transaction(
      (): Desk => ({
        patchbay: 1,
        integrations: this.#read('integrations'),
        groups: this.#read('groups'),
        schedules: this.#read('schedules'),
        workflows: this.#read('workflows'),
        contacts: this.#contacts.deskContacts(),
      }),
    )();
  }

  /**
   * Puts this desk in force, all or nothing: integrations, groups, schedules and workflows that it does not list are
   * removed; contacts are only added and changed.
   * @throws SqliteError when ids, router keys or workflow numbers are used twice or an integration is missing; the
   * desk file's own check finds these first and names the line.
   */
  replace(desk: Desk, now: number): void {
    this.#db.transaction(() => {
      for (const part of parts.toReversed()) this.#statements[part].clear.run();
      for (const part of parts) {
        desk[part].forEach((item, position) => {
          this.#statements[part].insert.run(item.id, position, JSON.stringify(item), now);
        });
      }
      this.#contacts.upsertFromDesk(desk.contacts, now);
    })();
  }

  /** Definitions were parsed when the desk file was applied, so they are trusted here. */
  #read<P extends Part>(part: P): Desk[P] {
    return this.#statements[part].read.all().map((definition) => JSON.parse(definition)) as Desk[P];
  }
}

function statementsFor(db: Db, part: Part): PartStatements {
  return {
    read: db.prepare<[], string>(`SELECT definition FROM ${part} ORDER BY position`).pluck(),
    clear: db.prepare(`DELETE FROM ${part}`),
    insert: db.prepare(`INSERT INTO ${part} (id, position, definition, updated_at) VALUES (?, ?, ?, ?)`),
  };
}
