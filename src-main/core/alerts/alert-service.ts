import type { Account } from '../../../src-preload/contract/account.ts';
import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { Db } from '../database/open-database.ts';
import type { SettingQueries } from '../database/settings.ts';
import type { Clock, Logger } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface AlertServiceDeps {
  twilio: TwilioRest;
  db: Db;
  settings: SettingQueries;
  account: () => Account | null;
  clock: Clock;
  logger: Logger;
}

/** Twilio's Monitor alerts: read from time to time, explained by the catalogue, joined to the calls they concern. */
export class AlertService {
  readonly #deps: AlertServiceDeps;

  constructor(deps: AlertServiceDeps) {
    this.#deps = deps;
  }

  /** Reads what is new where Twilio can be reached; the newest first. Never rejects. */
  list(_query: { limit: number }): Promise<Alert[]> {
    throw new Error('not built');
  }

  /** Of these call SIDs, the oldest first; from what was read so far. */
  ofCalls(_callSids: readonly string[]): Alert[] {
    return [];
  }

  start(): void {}

  stop(): void {}
}
