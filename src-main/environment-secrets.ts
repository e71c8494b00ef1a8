import { VaultError } from './core/errors.ts';
import { type SecretName, secretNames, type Vault } from './core/ports.ts';

/**
 * Secrets from the environment go before those that the vault keeps, and are never written: whoever set the
 * variable keeps that secret.
 */
export function withEnvironmentSecrets(
  vault: Vault,
  env: Readonly<Record<string, string | undefined>>,
): Vault {
  const fromEnvironment = new Map<SecretName, string>();
  for (const name of secretNames) {
    const value = env[name];
    if (value !== undefined && value !== '') fromEnvironment.set(name, value);
  }
  const refuse = (name: SecretName) => {
    if (fromEnvironment.has(name)) {
      throw new VaultError(`${name} is set in the environment; change it there, or unset it to keep it here`);
    }
  };
  return {
    get: (name) => fromEnvironment.get(name) ?? vault.get(name),
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
