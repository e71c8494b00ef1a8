import { beginRotation, isOver, pairOf, type TokenRotation } from '../account/token-rotation.ts';
import type { SettingQueries } from '../database/settings.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, Vault } from '../ports.ts';

export interface AuthTokensDeps {
  vault: Vault;
  settings: Pick<SettingQueries, 'get' | 'set' | 'delete'>;
  clock: Clock;
  logger: Logger;
}

/** What checks a signature needs of them. */
export type SigningTokens = Pick<AuthTokens, 'accepted' | 'sawSignedWith'>;

/**
 * The auth tokens with which Twilio may sign: the one in force, and while it is rotated the one before, so that no call
 * is lost on the way. The vault is asked every time, since a token can change at any moment; the database only when the
 * pair of tokens is a new one.
 */
export class AuthTokens {
  readonly #deps: AuthTokensDeps;
  /** The two tokens that the vault held last; null: it held one. */
  #seen: { token: string; previous: string } | null = null;
  /** Of these two; null: it is over, although the vault may still hold both, as the environment's does. */
  #rotation: TokenRotation | null = null;

  constructor(deps: AuthTokensDeps) {
    this.#deps = deps;
  }

  /** The token in force first; empty when there is none, or when the vault can't be read: nothing is signed then. */
  accepted(): readonly string[] {
    const { vault, logger, clock } = this.#deps;
    try {
      const token = vault.get('TWILIO_AUTH_TOKEN');
      if (!token) return [];
      const previous = vault.get('TWILIO_AUTH_TOKEN_PREVIOUS');
      if (!previous || previous === token) {
        this.#seen = null;
        return [token];
      }
      const rotation = this.#rotationOf(token, previous);
      if (rotation === null) return [token];
      if (!isOver(rotation, clock.now())) return [token, previous];
      this.#drop(rotation);
      return [token];
    } catch (thrown) {
      logger.error('The Twilio auth token can’t be read', { problem: messageOf(thrown) });
      return [];
    }
  }

  /** Notes that Twilio signed with `token`: from then on the previous one is needed only a little longer. */
  sawSignedWith(token: string): void {
    const rotation = this.#rotation;
    if (rotation === null || rotation.newTokenSeenAt !== null || token !== this.#seen?.token) return;
    this.#rotation = { ...rotation, newTokenSeenAt: this.#deps.clock.now() };
    this.#remember(this.#rotation);
    this.#deps.logger.info('Twilio signs with the new auth token');
  }

  #rotationOf(token: string, previous: string): TokenRotation | null {
    if (this.#seen?.token !== token || this.#seen.previous !== previous) {
      const known = this.#recall();
      this.#seen = { token, previous };
      this.#rotation =
        known?.pair === pairOf(token, previous)
          ? known
          : beginRotation(token, previous, this.#deps.clock.now());
      if (this.#rotation !== known) this.#remember(this.#rotation);
    }
    return this.#rotation;
  }

  #drop({ newTokenSeenAt }: TokenRotation): void {
    const { vault, settings, logger } = this.#deps;
    this.#rotation = null;
    if (newTokenSeenAt === null) {
      logger.warn(
        'Twilio never signed with the new auth token; the previous one is no longer taken all the same',
      );
    } else {
      logger.info('The previous auth token is no longer taken');
    }
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
