import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import { accountSchema } from '../../../src-preload/contract/account.ts';
import { profileSchema } from '../../../src-preload/contract/profile.ts';
import { tunnelChoiceSchema } from '../../../src-preload/contract/tunnel.ts';
import type { Db } from './open-database.ts';

/** What Patchbay remembers besides the desk; never a secret. A value that no longer fits its schema counts as absent. */
const schemas = {
  tunnel: tunnelChoiceSchema,
  /** Public origins that were proven to lead here, the latest first. */
  provenOrigins: z.array(z.object({ origin: z.string(), provenAt: z.number() })).readonly(),
  /** The account as it was last seen. */
  account: accountSchema,
  profile: profileSchema,
  /** The previous auth token beside the one in force, `pair` tells of which two: when it turned out that Twilio no longer signs with it; null: not yet. */
  tokenRotation: z.object({ settledAt: z.number().nullable(), pair: z.string() }),
};
export type SettingName = keyof typeof schemas;
export type Setting<N extends SettingName> = z.infer<(typeof schemas)[N]>;

export class SettingQueries {
  readonly #get: Statement<[string], string>;
  readonly #set: Statement<[string, string, number]>;
  readonly #delete: Statement<[string]>;

  constructor(db: Db) {
    this.#get = db.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
    this.#set = db.prepare(
      `INSERT INTO settings (name, value, changed_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
    );
    this.#delete = db.prepare('DELETE FROM settings WHERE name = ?');
  }

  get<N extends SettingName>(name: N): Setting<N> | undefined {
    const text = this.#get.get(name);
    if (text === undefined) return undefined;
    return schemas[name].safeParse(JSON.parse(text)).data as Setting<N> | undefined;
  }

  set<N extends SettingName>(name: N, value: Setting<N>, at: number): void {
    this.#set.run(name, JSON.stringify(value), at);
  }

  delete(name: SettingName): void {
    this.#delete.run(name);
  }
}
