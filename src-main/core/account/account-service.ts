import type { Account, Credentials, Subaccount } from '../../../src-preload/contract/account.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import type { SettingQueries } from '../database/settings.ts';
import { messageOf, ProblemError, VaultError } from '../errors.ts';
import type { Clock, Logger, Notifier, Vault } from '../ports.ts';
import { isPassing } from '../twilio/is-passing.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import type { RotatingTokens } from '../webhooks/auth-tokens.ts';
import { accountMeanings, concurrencyOf } from './account-meanings.ts';
import {
  accountClosed,
  accountError,
  isInactive,
  isNotOurs,
  isRefused,
  isUnreachable,
  noSuchSubaccount,
  noTokenOfSubaccount,
  notConnected,
  stillAttached,
  vaultProblem,
} from './account-problems.ts';
import { changeSecrets, type SecretChange } from './change-secrets.ts';
import { accountSidFault, credentialsFault, trimmed } from './credentials.ts';
import { readAccount, readSubaccount, readSubaccounts, type SeenAccount } from './read-account.ts';
import { backOffMs, Watch } from './watch.ts';

export interface AccountServiceDeps {
  twilio: TwilioRest;
  vault: Vault;
  settings: Pick<SettingQueries, 'get' | 'set' | 'delete'>;
  /** How many numbers of this account are attached: it is not left while Patchbay answers for it. */
  attachedNumbers: (accountSid: string) => number;
  tokens: RotatingTokens;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** How old what was seen of the account may grow, its balance above all. */
const lookEveryMs = 60 * 60_000;

/** The operator's Twilio account: connecting, what it means for transfers, subaccounts, and rotating its token. */
export class AccountService {
  readonly #deps: AccountServiceDeps;
  readonly #listeners = new Set<() => void>();
  readonly #watch: Watch;
  #failures = 0;
  /** What the last look at the account failed with, when that does not pass by itself. */
  #trouble: Problem | null = null;

  constructor(deps: AccountServiceDeps) {
    this.#deps = deps;
    this.#watch = new Watch(() => this.#look(), deps);
  }

  /** What was last seen; null when no account is connected, or when it was never looked at. */
  current(): Account | null {
    const sid = this.#kept()?.accountSid;
    const seen = this.#deps.settings.get('account');
    if (seen === undefined || seen.accountSid !== sid) return null;
    return this.#told(seen);
  }

  /**
   * The same, but asks Twilio when there are credentials that were never looked at; null when there are none.
   * @throws ProblemError.
   */
  async known(): Promise<Account | null> {
    return this.current() ?? (this.#kept() === null ? null : await this.check());
  }

  /** Asks Twilio anew. @throws ProblemError. */
  async check(): Promise<Account> {
    const credentials = this.#credentials();
    const seen = await this.#ask(credentials);
    await this.#askWithPrevious(seen.accountSid);
    // Another account may have been connected while Twilio was asked.
    if (this.#kept()?.accountSid === seen.accountSid) {
      this.#remember(seen);
      this.#trouble = null;
    }
    return this.#told(seen);
  }

  /** Keeps the credentials only when Twilio takes them. @throws ProblemError; nothing has changed then. */
  async connect(given: Credentials): Promise<Account> {
    const credentials = trimmed(given);
    const fault = credentialsFault(credentials);
    if (fault !== null) throw new ProblemError(fault);
    this.#refuseLeaving(credentials.accountSid);
    const seen = await this.#ask(credentials);
    if (seen.status === 'closed') throw new ProblemError(accountClosed);
    this.#keep(credentials, seen);
    this.#trouble = null;
    this.#deps.logger.info('A Twilio account is connected', { accountSid: seen.accountSid, type: seen.type });
    this.#announce();
    await this.#askWithPrevious(seen.accountSid);
    return this.#told(seen);
  }

  /** @throws ProblemError while numbers are attached, or when the environment holds the credentials. */
  disconnect(): void {
    this.#refuseLeaving(null);
    const { vault, settings, logger } = this.#deps;
    changeSecrets(vault, [
      ['TWILIO_AUTH_TOKEN_PREVIOUS', undefined],
      ['TWILIO_AUTH_TOKEN', undefined],
      ['TWILIO_ACCOUNT_SID', undefined],
    ]);
    for (const name of ['account', 'profile', 'tokenRotation'] as const) settings.delete(name);
    this.#trouble = null;
    logger.info('The Twilio account is disconnected');
    this.#announce();
  }

  /** The other accounts that the connected one may use. @throws ProblemError. */
  async subaccounts(): Promise<Subaccount[]> {
    const { accountSid } = this.#credentials();
    return this.#explained(() => this.#deps.twilio.ask((client) => readSubaccounts(client, accountSid)));
  }

  /** Connects a subaccount with its own token. @throws ProblemError; nothing has changed then. */
  async useSubaccount(given: string): Promise<Account> {
    const accountSid = given.trim();
    const fault = accountSidFault(accountSid);
    if (fault !== null) throw new ProblemError(fault);
    this.#credentials();
    this.#refuseLeaving(accountSid);
    const { authToken, status } = await this.#subaccount(accountSid);
    if (status === 'closed') throw new ProblemError(accountClosed);
    if (authToken === undefined) throw new ProblemError(noTokenOfSubaccount);
    return this.connect({ accountSid, authToken });
  }

  /** Plain sentences about credentials that Twilio takes no more, or a token that is only half rotated. */
  warnings(): string[] {
    const trouble = this.#trouble;
    return [...(trouble === null ? [] : [`${trouble.says} ${trouble.remedy}`]), ...this.#rotationSays()];
  }

  /** Calls `listener` when another account, or none, is in force, or its token is another. @returns the way to unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the account now when that is due, and every hour; sooner again when the network is away. */
  start(): void {
    const seen = this.current();
    const dueInMs = seen === null ? 0 : seen.checkedAt + lookEveryMs - this.#deps.clock.now();
    this.#watch.start(Math.min(Math.max(dueInMs, 0), lookEveryMs));
  }

  stop(): void {
    this.#watch.stop();
  }

  async #look(): Promise<number> {
    const before = this.#kept();
    if (before === null) return lookEveryMs;
    try {
      await this.check();
      this.#failures = 0;
    } catch (thrown) {
      if (isPassing(thrown)) {
        this.#failures += 1;
        return backOffMs(this.#failures);
      }
      if (!this.#watch.isRunning) return lookEveryMs;
      // The token was rotated while Twilio was asked with the one before.
      if (this.#kept()?.authToken !== before.authToken) return 0;
      this.#complain(thrown);
    }
    return lookEveryMs;
  }

  /** Without credentials that work no call gets through: the operator is told, once for each kind of trouble. */
  #complain(thrown: unknown): void {
    const { logger, notifier } = this.#deps;
    logger.warn('The Twilio account could not be looked at', { problem: messageOf(thrown) });
    if (!(thrown instanceof ProblemError) || isUnreachable(thrown.cause)) return;
    const { says, remedy } = thrown.problem;
    const isNews = this.#trouble?.says !== says;
    this.#trouble = thrown.problem;
    if (isNews) notifier.notify({ title: says, body: remedy });
  }

  async #ask(credentials: Credentials): Promise<SeenAccount> {
    const { twilio, settings, clock } = this.#deps;
    const { accountSid } = credentials;
    const workedBefore =
      settings.get('account')?.accountSid === accountSid && this.#kept()?.authToken === credentials.authToken;
    try {
      return await twilio.ask((client) => readAccount(client, accountSid, clock.now()), credentials);
    } catch (thrown) {
      const known = settings.get('account');
      if (workedBefore && known?.accountSid === accountSid && isInactive(thrown)) {
        this.#remember({ ...known, status: 'suspended', checkedAt: clock.now() });
      }
      throw accountError(thrown, workedBefore);
    }
  }

  /** @throws ProblemError, also when it is none of the connected account's. */
  async #subaccount(accountSid: string) {
    try {
      return await this.#deps.twilio.ask((client) => readSubaccount(client, accountSid));
    } catch (thrown) {
      if (!isNotOurs(thrown)) throw accountError(thrown, true);
      // Twilio answers the same when it is the connected account's own token that it takes no more.
      await this.check();
      throw new ProblemError(noSuchSubaccount(accountSid), { cause: thrown });
    }
  }

  /** As long as Twilio takes the token before, that may be the one that it signs with. Never rejects. */
  async #askWithPrevious(accountSid: string): Promise<void> {
    const { twilio, tokens } = this.#deps;
    const authToken = tokens.previousInUse();
    if (authToken === undefined) return;
    try {
      await twilio.ask((client) => client.api.v2010.accounts(accountSid).fetch(), { accountSid, authToken });
    } catch (thrown) {
      // Anything else says nothing about the token, and the next look asks again.
      if (isRefused(thrown)) tokens.previousIsRefused(authToken);
    }
  }

  async #explained<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (thrown) {
      throw accountError(thrown, true);
    }
  }

  /** All of it or nothing: the secrets go back when what was seen can't be noted. */
  #keep(credentials: Credentials, seen: SeenAccount): void {
    const { vault, settings } = this.#deps;
    const { accountSid, authToken } = credentials;
    this.#refuseLeaving(accountSid);
    const before = this.#kept();
    const changes: SecretChange[] = [
      ['TWILIO_AUTH_TOKEN', authToken],
      ['TWILIO_ACCOUNT_SID', accountSid],
    ];
    const isAnother = before?.accountSid !== accountSid || before.authToken !== authToken;
    // Before the new token: between the two writes the old one is still in force, and the same twice changes nothing.
    if (isAnother) changes.unshift(['TWILIO_AUTH_TOKEN_PREVIOUS', this.#previousTo(credentials, before)]);
    const undo = changeSecrets(vault, changes);
    try {
      if (isAnother) settings.delete('tokenRotation');
      this.#save(seen);
    } catch (thrown) {
      undo();
      throw thrown;
    }
  }

  /**
   * The token that Twilio may sign with still once this one is in force. When one was entered and never came to sign, that
   * is the one before it; undefined: none, as with another account, or back to the one that signs.
   */
  #previousTo({ accountSid, authToken }: Credentials, before: Credentials | null): string | undefined {
    if (before?.accountSid !== accountSid) return undefined;
    const signing = this.#deps.tokens.previousInUse() ?? before.authToken;
    return signing === authToken ? undefined : signing;
  }

  /** As `#save`; says so when the account was not known before, as with credentials of the environment. */
  #remember(seen: SeenAccount): void {
    const isNew = this.#deps.settings.get('account')?.accountSid !== seen.accountSid;
    this.#save(seen);
    if (isNew) this.#announce();
  }

  #save(seen: SeenAccount): void {
    const { settings, clock } = this.#deps;
    if (settings.get('account')?.accountSid !== seen.accountSid) settings.delete('profile');
    settings.set('account', this.#told(seen), clock.now());
  }

  /** With what follows from it, the profile's status as it is now included. */
  #told(seen: SeenAccount): Account {
    const { settings } = this.#deps;
    const isCurrent = settings.get('account')?.accountSid === seen.accountSid;
    const status = isCurrent ? (settings.get('profile')?.lastKnown ?? null) : null;
    return {
      ...seen,
      concurrency: concurrencyOf(seen, status),
      meanings: [...accountMeanings(seen, status), ...(isCurrent ? this.#rotationSays() : [])],
    };
  }

  #rotationSays(): string[] {
    if (this.#deps.tokens.previousInUse() === undefined) return [];
    return [
      'Twilio still takes the auth token before this one, and signs calls with whichever is the primary one, so Patchbay takes both. Make the new one the primary one in the Console, under API keys & tokens.',
    ];
  }

  /** @throws ProblemError when there are none, or the vault can't be read. */
  #credentials(): Credentials {
    const kept = this.#kept(true);
    if (kept === null) throw new ProblemError(notConnected);
    return kept;
  }

  #kept(mustRead = false): Credentials | null {
    const { vault } = this.#deps;
    try {
      const accountSid = vault.get('TWILIO_ACCOUNT_SID');
      const authToken = vault.get('TWILIO_AUTH_TOKEN');
      return accountSid && authToken ? { accountSid, authToken } : null;
    } catch (thrown) {
      if (!mustRead) return null;
      throw thrown instanceof VaultError ? new ProblemError(vaultProblem(thrown), { cause: thrown }) : thrown;
    }
  }

  /** An account whose numbers are attached is not left: only its credentials can give them back. Without any, none is. */
  #refuseLeaving(forSid: string | null): void {
    const inForce = this.#kept()?.accountSid;
    if (inForce === undefined || inForce === forSid) return;
    const attached = this.#deps.attachedNumbers(inForce);
    if (attached > 0) throw new ProblemError(stillAttached(attached));
  }

  #announce(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (thrown) {
        this.#deps.logger.error('A change of the account was not taken in', { problem: messageOf(thrown) });
      }
    }
  }
}
