import { randomBytes } from 'node:crypto';
import type { SecretName, Vault } from '../core/ports.ts';

/** The account of the rehearsal line, as long as this process lives; never stored. */
const account: Partial<Record<SecretName, string>> = {
  TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
  TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
};

/** What belongs to a Twilio account; a rehearsal never changes the operator's own. */
const ofAccount: readonly SecretName[] = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_AUTH_TOKEN_PREVIOUS',
];

/**
 * The vault with a Twilio account for rehearsing: the operator's own when both its SID and its token are there, else
 * a made-up one. Signatures are made and checked with it, so the rehearsal line works before an account does. An
 * account that is connected while rehearsing, or a token that is rotated, is the rehearsal line's: it is forgotten
 * with the process, and the operator's own stays as it is.
 */
export function withRehearsalAccount(vault: Vault): Vault {
  const rehearsed = new Map<SecretName, string | undefined>();
  const hasOwn = (): boolean =>
    vault.get('TWILIO_ACCOUNT_SID') !== undefined && vault.get('TWILIO_AUTH_TOKEN') !== undefined;
  const put = (name: SecretName, value: string | undefined, keep: () => void) => {
    if (ofAccount.includes(name)) rehearsed.set(name, value);
    else keep();
  };
  return {
    get(name) {
      if (rehearsed.has(name)) return rehearsed.get(name);
      return ofAccount.includes(name) && !hasOwn() ? account[name] : vault.get(name);
    },
    set: (name, value) => put(name, value, () => vault.set(name, value)),
    delete: (name) => put(name, undefined, () => vault.delete(name)),
  };
}
