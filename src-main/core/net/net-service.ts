import type { Account } from '../../../src-preload/contract/account.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import type { AttachedNumberQueries } from '../database/attached-numbers.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface NetServiceDeps {
  twilio: TwilioRest;
  db: Db;
  numbers: Pick<AttachedNumberQueries, 'list'>;
  desk: () => CompiledDesk;
  account: () => Account | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** The net: TwiML hosted in the operator's own Twilio account that dials the static numbers when this machine is gone. */
export class NetService {
  readonly #deps: NetServiceDeps;

  constructor(deps: NetServiceDeps) {
    this.#deps = deps;
  }

  /** Asks Twilio what it would do right now if this machine vanished. A failure to ask is part of the answer. */
  status(): Promise<Net> {
    throw new Error('not built');
  }

  /**
   * Publishes what the numbers that are attached, or about to be, need; does nothing when that is what is deployed.
   * @returns the fallback URL. @throws ProblemError.
   */
  publish(_onStep: (says: string) => void): Promise<string> {
    throw new Error('not built');
  }

  /** The desk or the attached numbers changed: publishes again, in the background, where that changes anything. */
  refresh(): void {}

  /** Goes on with what a stop interrupted. */
  start(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }

  warnings(): string[] {
    return [];
  }
}
