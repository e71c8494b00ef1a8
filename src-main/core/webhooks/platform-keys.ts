import type { IncomingHttpHeaders } from 'node:http';
import type { Clock, Logger, SecretName, Vault } from '../ports.ts';
import type { SignatureScheme } from './dialects/dialect.ts';
import { type RouterAnswer, refusal } from './router-webhook.ts';

/**
 * Holds the requests of platforms that sign against the operator's keys in the vault. A platform whose key is missing is
 * refused, and the operator is told as soon as it has knocked.
 */
export class PlatformKeys {
  readonly #vault: Pick<Vault, 'get'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Platforms that were refused because their key is missing. */
  readonly #missed = new Map<SecretName, { platform: string; remedy: string }>();

  constructor(deps: { vault: Pick<Vault, 'get'>; clock: Clock; logger: Logger }) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** @returns the refusal of a request that is not proven to be the platform's; undefined: it is. */
  refuse(
    platform: string,
    scheme: SignatureScheme,
    request: { text: string; headers: IncomingHttpHeaders },
    integrationId: string,
  ): RouterAnswer | undefined {
    const secret = this.#vault.get(scheme.secret);
    if (secret === undefined) {
      this.#missed.set(scheme.secret, { platform, remedy: scheme.remedy });
      this.#logger.error('A platform was refused: its key is not set, so its signature can’t be checked', {
        platform,
        integrationId,
        missing: scheme.secret,
      });
      return refusal(
        403,
        'signature_not_checkable',
        `Patchbay has no key to check ${platform}’s signature with. ${scheme.remedy}`,
      );
    }
    if (scheme.isSigned(request, secret, this.#clock.now())) return undefined;
    this.#logger.warn('A request was refused: it is not signed by its platform', { platform, integrationId });
    return refusal(
      401,
      'bad_signature',
      `This is not signed by ${platform} with the key that Patchbay has. Check the key, and this computer’s clock.`,
    );
  }

  /** Plain sentences for the operator, until the key is there. */
  warnings(): string[] {
    return [...this.#missed]
      .filter(([secret]) => this.#vault.get(secret) === undefined)
      .map(
        ([, { platform, remedy }]) =>
          `${platform} asked for a destination and was refused: Patchbay has no key to check its signature with. ${remedy}`,
      );
  }
}
