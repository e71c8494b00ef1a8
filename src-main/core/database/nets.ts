import { z } from 'zod';
import { type Problem, problemSchema } from '../../../src-preload/contract/problem.ts';
import { type NetAnswer, netAnswerSchema } from '../net/net-function.ts';
import type { Db } from './open-database.ts';

/** What Patchbay hosts in an account for the time in which this machine is gone, and how far a publication has come. */
export interface NetRow {
  accountSid: string;
  /** "publishing": begun and not ended, under way or interrupted. */
  state: 'publishing' | 'published' | 'failed';
  serviceSid: string | null;
  environmentSid: string | null;
  functionSid: string | null;
  /** The upload and the build of `answers`, as soon as they are there. */
  versionSid: string | null;
  buildSid: string | null;
  /** Like "patchbay-net-1234.twil.io". */
  domain: string | null;
  /** Of what is in force at Twilio; null: nothing is. Differs from that of `answers` while something newer is published. */
  contentHash: string | null;
  /** What is in force, or is being published. */
  answers: NetAnswer[];
  publishedAt: number | null;
  /** When Twilio last answered as it should; null: not since it was published. */
  verifiedAt: number | null;
  problem: Problem | null;
}

interface Row {
  account_sid: string;
  state: NetRow['state'];
  service_sid: string | null;
  environment_sid: string | null;
  function_sid: string | null;
  version_sid: string | null;
  build_sid: string | null;
  domain: string | null;
  content_hash: string | null;
  answers: string | null;
  published_at: number | null;
  verified_at: number | null;
  problem: string | null;
}

const answersSchema = z.array(netAnswerSchema);

export class NetQueries {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  get(accountSid: string): NetRow | undefined {
    const row = this.#db.prepare<[string], Row>('SELECT * FROM nets WHERE account_sid = ?').get(accountSid);
    return row && fromRow(row);
  }

  put(net: NetRow): void {
    this.#db
      .prepare(
        `INSERT INTO nets (account_sid, state, service_sid, environment_sid, function_sid, version_sid, build_sid,
           domain, content_hash, answers, published_at, verified_at, problem)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (account_sid) DO UPDATE SET state = excluded.state, service_sid = excluded.service_sid,
           environment_sid = excluded.environment_sid, function_sid = excluded.function_sid,
           version_sid = excluded.version_sid, build_sid = excluded.build_sid, domain = excluded.domain,
           content_hash = excluded.content_hash, answers = excluded.answers,
           published_at = excluded.published_at, verified_at = excluded.verified_at, problem = excluded.problem`,
      )
      .run(
        net.accountSid,
        net.state,
        net.serviceSid,
        net.environmentSid,
        net.functionSid,
        net.versionSid,
        net.buildSid,
        net.domain,
        net.contentHash,
        JSON.stringify(net.answers),
        net.publishedAt,
        net.verifiedAt,
        net.problem && JSON.stringify(net.problem),
      );
  }

  /** Twilio was seen to answer with what has this hash. Does nothing when something else was published meanwhile. */
  verified(accountSid: string, contentHash: string, at: number): void {
    this.#db
      .prepare(
        `UPDATE nets SET verified_at = ? WHERE account_sid = ? AND content_hash = ? AND state = 'published'`,
      )
      .run(at, accountSid, contentHash);
  }

  delete(accountSid: string): void {
    this.#db.prepare('DELETE FROM nets WHERE account_sid = ?').run(accountSid);
  }
}

/** Answers or a problem in a form that an earlier Patchbay gave them count as absent: both are made anew. */
function fromRow(row: Row): NetRow {
  return {
    accountSid: row.account_sid,
    state: row.state,
    serviceSid: row.service_sid,
    environmentSid: row.environment_sid,
    functionSid: row.function_sid,
    versionSid: row.version_sid,
    buildSid: row.build_sid,
    domain: row.domain,
    contentHash: row.content_hash,
    answers: answersSchema.safeParse(parsed(row.answers)).data ?? [],
    publishedAt: row.published_at,
    verifiedAt: row.verified_at,
    problem: problemSchema.safeParse(parsed(row.problem)).data ?? null,
  };
}

function parsed(json: string | null): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
