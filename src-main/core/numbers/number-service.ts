import type { Account } from '../../../src-preload/contract/account.ts';
import type { NumberPlan, TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumberQueries } from '../database/attached-numbers.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface NumberServiceDeps {
  twilio: TwilioRest;
  db: Db;
  numbers: AttachedNumberQueries;
  desk: () => CompiledDesk;
  account: () => Account | null;
  /** The public origin once it is proven, else null. */
  provenOrigin: () => string | null;
  /** Publishes the net so that it covers these numbers (E.164 → workflow id) and @returns the fallback URL. @throws ProblemError. */
  publishNet: (onStep: (says: string) => void) => Promise<string>;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** The operator's Twilio numbers: attaching them to workflows, giving them back as they were, and noticing changes. */
export class NumberService {
  readonly #deps: NumberServiceDeps;

  constructor(deps: NumberServiceDeps) {
    this.#deps = deps;
  }

  list(): Promise<TwilioNumber[]> {
    throw new Error('not built');
  }

  planAttach(_sid: string, _workflowId: string): Promise<NumberPlan> {
    throw new Error('not built');
  }

  attach(
    _request: { sid: string; workflowId: string; token: string },
    _onStep: (says: string) => void,
  ): Promise<TwilioNumber> {
    throw new Error('not built');
  }

  planDetach(_sid: string): Promise<NumberPlan> {
    throw new Error('not built');
  }

  detach(_request: { sid: string; token: string }, _onStep: (says: string) => void): Promise<TwilioNumber> {
    throw new Error('not built');
  }

  repair(_sid: string): Promise<TwilioNumber> {
    throw new Error('not built');
  }

  /** The public URL is another one: attached numbers are pointed at it. Never rejects; what failed is tried again. */
  repoint(): Promise<void> {
    throw new Error('not built');
  }

  /** Finishes or undoes what a stop interrupted, then looks for drift from time to time. */
  start(): void {}

  stop(): void {}

  /** Plain sentences about numbers that are half attached or were changed by someone. */
  warnings(): string[] {
    return [];
  }
}
