import type { Account } from '../../../src-preload/contract/account.ts';
import type { DestinationStanding, DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { Clock, Logger } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface DestinationServiceDeps {
  twilio: TwilioRest;
  db: Db;
  desk: () => CompiledDesk;
  account: () => Account | null;
  /** The public origin once it is proven, else null: without it a pressed key can't be heard. */
  provenOrigin: () => string | null;
  clock: Clock;
  logger: Logger;
}

/** Tests a destination before it is relied on: format, lookup, country, trial, and a call that asks for a key. */
export class DestinationService {
  readonly #deps: DestinationServiceDeps;

  constructor(deps: DestinationServiceDeps) {
    this.#deps = deps;
  }

  /** How the static number of every integration of the desk stands. */
  list(): DestinationStanding[] {
    throw new Error('not built');
  }

  /** Everything but the call; kept. */
  check(_request: {
    number: string;
    integrationId?: string | undefined;
    lineType: boolean;
  }): Promise<DestinationTest> {
    throw new Error('not built');
  }

  /** The test call, after everything that `check` does without cost; kept. @throws ProblemError when it can't be placed. */
  ring(
    _request: { number: string; integrationId?: string | undefined },
    _onStep: (says: string) => void,
  ): Promise<DestinationTest> {
    throw new Error('not built');
  }

  /** Somebody pressed a key in a test call (Twilio's <Gather action>). @returns the TwiML to answer with. */
  keyPressed(_testToken: string, _digits: string): string {
    throw new Error('not built');
  }

  /** The ring time to use for a destination: shorter than its voicemail, where one was met. */
  ringSecondsFor(_destination: string, seconds: number): number {
    return seconds;
  }
}
