import { VaultError } from './core/errors.ts';
import { type SecretName, secretNames, type Vault } from './core/ports.ts';

/**
 * Secrets from the environment go before those that the vault keeps, and are never written: whoever set the
 * variable keeps that secret. Blanks around a value, like the line end of a file that it was read from, do not count.
 */
export function withEnvironmentSecrets(
  vault: Vault,
  env: Readonly<Record<string, string | undefined>>,
): Vault {
  const fromEnvironment = new Map<SecretName, string>();
  for (const name of secretNames) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') fromEnvironment.set(name, value);
  }
  const refuse = (name: SecretName) => {
    if (fromEnvironment.has(name)) {
      const previous =
        name === 'TWILIO_AUTH_TOKEN'
          ? ', with the token before as TWILIO_AUTH_TOKEN_PREVIOUS while Twilio signs with it'
          : '';
      throw new VaultError(
        `${name} is set in the environment; change it there${previous}, or unset it to keep it here`,
      );
    }
  };
  return {
    get(name) {
      // The previous token belongs to the token in force: one that the vault kept is not that of the environment's.
      if (name === 'TWILIO_AUTH_TOKEN_PREVIOUS' && fromEnvironment.has('TWILIO_AUTH_TOKEN')) {
        return fromEnvironment.get(name);
      }
      return fromEnvironment.get(name) ?? vault.get(name);
    },
    set(name, value) {
      refuse(name);
      vault.set(name, value);
    },
    delete(name) {
      refuse(name);
      vault.delete(name);
    },
  };
}
