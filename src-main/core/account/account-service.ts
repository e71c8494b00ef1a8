import type { Account, Credentials, Subaccount } from '../../../src-preload/contract/account.ts';
import type { SettingQueries } from '../database/settings.ts';
import type { Clock, Logger, Vault } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

export interface AccountServiceDeps {
  twilio: TwilioRest;
  vault: Vault;
  settings: SettingQueries;
  /** How many numbers are attached: an account is not left while Patchbay answers for it. */
  attachedNumbers: () => number;
  clock: Clock;
  logger: Logger;
}

/** The operator's Twilio account: connecting, what it means for transfers, subaccounts, and rotating its token. */
export class AccountService {
  readonly #deps: AccountServiceDeps;

  constructor(deps: AccountServiceDeps) {
    this.#deps = deps;
  }

  /** What was last seen; null when no account is connected. */
  current(): Account | null {
    throw new Error('not built');
  }

  /** Asks Twilio anew. @throws ProblemError. */
  check(): Promise<Account> {
    throw new Error('not built');
  }

  /** Keeps the credentials only when Twilio takes them. @throws ProblemError; nothing has changed then. */
  connect(_credentials: Credentials): Promise<Account> {
    throw new Error('not built');
  }

  /** @throws ProblemError while numbers are attached. */
  disconnect(): void {
    throw new Error('not built');
  }

  subaccounts(): Promise<Subaccount[]> {
    throw new Error('not built');
  }

  useSubaccount(_accountSid: string): Promise<Account> {
    throw new Error('not built');
  }

  /** Calls `listener` when another account, or none, is in force. @returns the way to unsubscribe. */
  onChange(_listener: () => void): () => void {
    return () => {};
  }
}
