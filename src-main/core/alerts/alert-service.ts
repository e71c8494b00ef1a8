import { setTimeout } from 'node:timers/promises';
import type { Account } from '../../../src-preload/contract/account.ts';
import type { Alert, AlertList } from '../../../src-preload/contract/alerts.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { notConnected } from '../account/account-problems.ts';
import type { Db } from '../database/open-database.ts';
import { type TwilioAlert, TwilioAlertQueries } from '../database/twilio-alerts.ts';
import { messageOf } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock, Logger } from '../ports.ts';
import { errorWords, explainCode, problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { readAlert } from './read-alert.ts';

export interface AlertServiceDeps {
  twilio: TwilioRest;
  db: Db;
  account: () => Account | null;
  clock: Clock;
  logger: Logger;
}

const readEveryMs = 5 * 60_000;
/**
 * Alerts are buffered at Twilio and can come up later than younger ones: each read looks back behind the newest one that
 * is known. By Twilio's clock, since this computer's may be wrong.
 */
const overlapMs = 60 * 60_000;
/** How far the first look at an account goes back. */
const firstLookMs = 7 * 24 * 60 * 60_000;
/** The most that one read takes; Twilio sends the newest first. */
const readLimit = 1_000;
/** Whoever asks for the list waits no longer than this for Twilio. */
const listPatienceMs = 5_000;

/** Twilio's Monitor alerts: read from time to time, explained by the catalogue, joined to the calls they concern. */
export class AlertService {
  readonly #deps: AlertServiceDeps;
  readonly #alerts: TwilioAlertQueries;
  #timer: NodeJS.Timeout | undefined;
  /** Whose alerts the timer reads. */
  #watched: string | null = null;
  #reading: { accountSid: string; done: Promise<Problem | null> } | null = null;
  #stopped = false;
  /** Said once, not every five minutes. */
  #failing = false;

  constructor(deps: AlertServiceDeps) {
    this.#deps = deps;
    this.#alerts = new TwilioAlertQueries(deps.db);
  }

  /** Reads what is new where Twilio can be reached; the newest first. Never rejects. */
  async list({ limit }: { limit: number }): Promise<AlertList> {
    const account = this.#deps.account();
    if (account === null) return { alerts: [], problem: notConnected };
    const problem = await Promise.race([
      this.#read(account.accountSid),
      setTimeout(listPatienceMs, noAnswerYet, { ref: false }),
    ]);
    return { alerts: this.#stored(() => this.#alerts.list(account.accountSid, limit)), problem };
  }

  /** Of these call SIDs, the oldest first; from what was read so far. */
  ofCalls(callSids: readonly string[]): Alert[] {
    return this.#stored(() => this.#alerts.ofCalls(callSids));
  }

  /** Reads the account's alerts from now on; called again, goes over to the account that is in force by then. */
  start(): void {
    this.#stopped = false;
    const accountSid = this.#deps.account()?.accountSid ?? null;
    if (accountSid === this.#watched) return;
    clearInterval(this.#timer);
    this.#watched = accountSid;
    if (accountSid === null) return;
    this.#timer = setInterval(() => void this.#read(accountSid), readEveryMs);
    this.#timer.unref();
    void this.#read(accountSid);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#watched = null;
  }

  /** One read at a time; whoever asks meanwhile waits for it. Never rejects. @returns what went wrong. */
  #read(accountSid: string): Promise<Problem | null> {
    if (this.#reading?.accountSid === accountSid) return this.#reading.done;
    const done = this.#readOnce(accountSid)
      .then(() => {
        this.#failing = false;
        return null;
      })
      .catch((thrown: unknown) => {
        if (!this.#failing && !this.#stopped) {
          this.#deps.logger.warn('Twilio’s alerts could not be read', { problem: messageOf(thrown) });
        }
        this.#failing = true;
        return problemOf(thrown);
      })
      .finally(() => {
        if (this.#reading?.done === done) this.#reading = null;
      });
    this.#reading = { accountSid, done };
    return done;
  }

  async #readOnce(accountSid: string): Promise<void> {
    const { twilio, clock, account } = this.#deps;
    const now = clock.now();
    const newestAt = this.#alerts.newestAt(accountSid) ?? 0;
    const startDate = new Date(Math.max(newestAt, now - firstLookMs) - overlapMs);
    const found = await twilio.ask((client) =>
      client.monitor.v1.alerts.list({ startDate, limit: readLimit, pageSize: readLimit }),
    );
    // While Twilio answered, the app may have closed its database or gone over to another account.
    if (this.#stopped || account()?.accountSid !== accountSid) return;
    const alerts = found.map((alert) => readAlert(alert, accountSid, now));
    this.#alerts.put(alerts.filter((alert) => alert !== null));
  }

  #stored(read: () => TwilioAlert[]): Alert[] {
    try {
      return read().map(toAlert);
    } catch (thrown) {
      this.#deps.logger.error('Alerts could not be read from the database', { problem: messageOf(thrown) });
      return [];
    }
  }
}

const noAnswerYet = plainProblem(
  'Twilio has not answered yet, so the latest alerts may be missing.',
  'Look again in a minute.',
);

function toAlert({ sid, at, level, code, callSid, requestUrl, says }: TwilioAlert): Alert {
  const words = explainCode(code);
  const known = code !== null && errorWords.has(code);
  return { sid, at, level, callSid, requestUrl, problem: known ? words : { ...words, says } };
}
