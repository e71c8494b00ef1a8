import { randomBytes } from 'node:crypto';
import type { SecretName, Vault } from '../core/ports.ts';

/** The account of the rehearsal line, as long as this process lives; never stored. */
const account: Partial<Record<SecretName, string>> = {
  TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
  TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
};

/**
 * The vault with a Twilio account for rehearsing: the operator's own when both its SID and its token are there, else
 * a made-up one. Signatures are made and checked with it, so the rehearsal line works before an account does.
 */
export function withRehearsalAccount(vault: Vault): Vault {
  const hasOwn = (): boolean =>
    vault.get('TWILIO_ACCOUNT_SID') !== undefined && vault.get('TWILIO_AUTH_TOKEN') !== undefined;
  return {
    get: (name) => (name in account && !hasOwn() ? account[name] : vault.get(name)),
    set: (name, value) => vault.set(name, value),
    delete: (name) => vault.delete(name),
  };
}
