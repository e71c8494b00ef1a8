import type { SettingQueries } from '../database/settings.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, Vault } from '../ports.ts';
import { beginRotation, isOver, pairOf, type TokenRotation } from './token-rotation.ts';

export interface AuthTokensDeps {
  vault: Vault;
  settings: Pick<SettingQueries, 'get' | 'set' | 'delete'>;
  clock: Clock;
  logger: Logger;
}

/** What checks a signature needs of them. */
export type SigningTokens = Pick<AuthTokens, 'accepted' | 'sawSignedWith'>;
/** What rotating the token needs of them. */
export type RotatingTokens = Pick<AuthTokens, 'previousInUse' | 'previousIsRefused'>;

/**
 * The auth tokens with which Twilio may sign: the one in force, and while it is rotated the one before, so that no call
 * is lost on the way. That ends when Twilio signs with the new one, or takes the previous one no more, and never by the
 * clock alone: a secondary token may wait for days until it is made the primary one.
 *
 * The vault is asked every time, since a token can change at any moment; the database only when the pair of tokens is a
 * new one.
 */
export class AuthTokens {
  readonly #deps: AuthTokensDeps;
  /** The two tokens that the vault held last; null: it held one. */
  #seen: { token: string; previous: string } | null = null;
  /** Of these two; null: it is over, although the vault may still hold both, as the environment's does. */
  #rotation: TokenRotation | null = null;
  /** Said once, not for every request that anybody sends. */
  #isUnreadable = false;

  constructor(deps: AuthTokensDeps) {
    this.#deps = deps;
  }

  /** The token in force first; empty when there is none, or when the vault can't be read: nothing is signed then. */
  accepted(): readonly string[] {
    try {
      const accepted = this.#accepted();
      this.#isUnreadable = false;
      return accepted;
    } catch (thrown) {
      if (!this.#isUnreadable) {
        this.#deps.logger.error('The Twilio auth token can’t be read', { problem: messageOf(thrown) });
      }
      this.#isUnreadable = true;
      return [];
    }
  }

  /** Notes that Twilio signed with `token`: from then on the previous one is needed only a little longer. */
  sawSignedWith(token: string): void {
    if (token === this.#seen?.token) this.#settle('Twilio signs with the new auth token');
  }

  /** The previous token, as long as it may be the one that Twilio signs with; undefined: there is none. */
  previousInUse(): string | undefined {
    const [, previous] = this.accepted();
    return this.#rotation?.settledAt === null ? previous : undefined;
  }

  /** Notes that Twilio takes `previous` no more, so that it does not sign with it either. */
  previousIsRefused(previous: string): void {
    if (previous === this.previousInUse()) this.#settle('Twilio no longer takes the previous auth token');
  }

  #accepted(): readonly string[] {
    const { vault, clock } = this.#deps;
    const token = vault.get('TWILIO_AUTH_TOKEN');
    if (!token) return [];
    const previous = vault.get('TWILIO_AUTH_TOKEN_PREVIOUS');
    if (!previous || previous === token) {
      this.#seen = null;
      this.#rotation = null;
      return [token];
    }
    const rotation = this.#rotationOf(token, previous);
    if (rotation === null) return [token];
    if (!isOver(rotation, clock.now())) return [token, previous];
    this.#drop();
    return [token];
  }

  #rotationOf(token: string, previous: string): TokenRotation | null {
    if (this.#seen?.token !== token || this.#seen.previous !== previous) {
      const known = this.#recall();
      this.#seen = { token, previous };
      this.#rotation = known?.pair === pairOf(token, previous) ? known : beginRotation(token, previous);
      if (this.#rotation !== known) this.#remember(this.#rotation);
    }
    return this.#rotation;
  }

  #settle(why: string): void {
    if (this.#rotation?.settledAt !== null) return;
    this.#rotation = { ...this.#rotation, settledAt: this.#deps.clock.now() };
    this.#remember(this.#rotation);
    this.#deps.logger.info(why);
  }

  #drop(): void {
    const { vault, settings, logger } = this.#deps;
    this.#rotation = null;
    logger.info('The previous auth token is no longer taken');
    try {
      vault.delete('TWILIO_AUTH_TOKEN_PREVIOUS');
      settings.delete('tokenRotation');
    } catch (thrown) {
      // What is remembered of the rotation stays: after a restart it is over still.
      logger.warn('The previous auth token is no longer taken, but stays where it is kept', {
        problem: messageOf(thrown),
      });
    }
  }

  /** A database that can't be read or written for a moment costs no call; the rotation then begins anew at the next start. */
  #recall(): TokenRotation | undefined {
    try {
      return this.#deps.settings.get('tokenRotation');
    } catch {
      return undefined;
    }
  }

  #remember(rotation: TokenRotation): void {
    try {
      this.#deps.settings.set('tokenRotation', rotation, this.#deps.clock.now());
    } catch (thrown) {
      this.#deps.logger.warn('The auth token’s rotation could not be noted', { problem: messageOf(thrown) });
    }
  }
}
