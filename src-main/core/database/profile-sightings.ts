import { z } from 'zod';
import {
  type ProfileSighting,
  type ProfileStatus,
  profileStatuses,
} from '../../../src-preload/contract/profile.ts';
import type { Db } from './open-database.ts';

interface Row {
  id: number;
  status: string;
  profile_sid: string | null;
  reasons: string;
  at: number;
  last_seen_at: number;
}

const statusText = z.enum(profileStatuses).catch('error');
const reasonsText = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

/**
 * Every status in which an account's Business Profile was seen, and from when to when. Their order is the one in which
 * they were seen, as the clock may be set back in between.
 */
export class ProfileSightingQueries {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** The newest first. */
  list(accountSid: string): ProfileSighting[] {
    return this.#db
      .prepare<[string], Row>('SELECT * FROM profile_sightings WHERE account_sid = ? ORDER BY id DESC')
      .all(accountSid)
      .map(fromRow);
  }

  /** What Twilio last said; looks that failed do not count. */
  lastDecided(accountSid: string): ProfileStatus | null {
    const status = this.#db
      .prepare<[string], string>(
        `SELECT status FROM profile_sightings WHERE account_sid = ? AND status <> 'error'
         ORDER BY id DESC LIMIT 1`,
      )
      .pluck()
      .get(accountSid);
    return status === undefined ? null : statusText.parse(status);
  }

  /** A new row when anything but the time is new, else the last one lasts longer. */
  record(accountSid: string, sighting: Omit<ProfileSighting, 'lastSeenAt'>): void {
    this.#db
      .transaction(() => {
        const { status, profileSid, at } = sighting;
        const reasons = JSON.stringify(sighting.reasons);
        const last = this.#db
          .prepare<[string], Row>(
            'SELECT * FROM profile_sightings WHERE account_sid = ? ORDER BY id DESC LIMIT 1',
          )
          .get(accountSid);
        if (last?.status === status && last.profile_sid === profileSid && last.reasons === reasons) {
          this.#db
            .prepare('UPDATE profile_sightings SET last_seen_at = max(last_seen_at, ?) WHERE id = ?')
            .run(at, last.id);
          return;
        }
        this.#db
          .prepare(
            `INSERT INTO profile_sightings (account_sid, status, profile_sid, reasons, at, last_seen_at)
             VALUES (?, ?, ?, ?, ?, ?)`,
          )
          .run(accountSid, status, profileSid, reasons, at, at);
      })
      .immediate();
  }
}

function fromRow(row: Row): ProfileSighting {
  return {
    status: statusText.parse(row.status),
    profileSid: row.profile_sid,
    reasons: reasonsText.parse(row.reasons),
    at: row.at,
    lastSeenAt: row.last_seen_at,
  };
}
