import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import { accountSchema } from '../../../src-preload/contract/account.ts';
import { profileSchema } from '../../../src-preload/contract/profile.ts';
import { tunnelChoiceSchema } from '../../../src-preload/contract/tunnel.ts';
import type { Db } from './open-database.ts';

/** What Patchbay remembers besides the desk; never a secret. A value that no longer fits its schema counts as absent. */
const schemas = {
  tunnel: tunnelChoiceSchema,
  /** The account as it was last seen. */
  account: accountSchema,
  profile: profileSchema,
  /** Since when another auth token than the previous one is in force, and when Twilio first signed with it; `pair`: of which two. */
  tokenRotation: z.object({
    at: z.number(),
    newTokenSeenAt: z.number().nullable(),
    pair: z.string().optional(),
  }),
  /** Monitor alerts up to this time (Unix milliseconds) were read. */
  alertsReadUntil: z.number(),
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
