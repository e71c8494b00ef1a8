import type { Account } from '../../../src-preload/contract/account.ts';
import type { Profile, ProfileSighting } from '../../../src-preload/contract/profile.ts';
import type { Db } from '../database/open-database.ts';
import type { SettingQueries } from '../database/settings.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface ProfileServiceDeps {
  twilio: TwilioRest;
  db: Db;
  settings: SettingQueries;
  account: () => Account | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** The operator's Business Profile: where it stands, what that means, and watching it while it is undecided. */
export class ProfileService {
  readonly #deps: ProfileServiceDeps;

  constructor(deps: ProfileServiceDeps) {
    this.#deps = deps;
  }

  /** What was last seen of the connected account's profile; null: never looked at. */
  current(): Profile | null {
    throw new Error('not built');
  }

  /** Asks Twilio. A failure is the status "error", not an exception. */
  check(): Promise<Profile> {
    throw new Error('not built');
  }

  history(): ProfileSighting[] {
    throw new Error('not built');
  }

  /** Watches while there is an account. */
  start(): void {}

  stop(): void {}
}
