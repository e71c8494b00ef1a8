import { describe, expect, it } from 'vitest';
import { ProblemError, VaultError } from '../errors.ts';
import type { SecretName, Vault } from '../ports.ts';
import { changeSecrets } from './change-secrets.ts';

/** A vault that refuses to change one secret. */
function vaultRefusing(refused: SecretName | null, secrets: Partial<Record<SecretName, string>>): Vault {
  const change = (name: SecretName, value: string | undefined) => {
    if (name === refused) throw new VaultError(`${name} is set in the environment; change it there`);
    if (value === undefined) delete secrets[name];
    else secrets[name] = value;
  };
  return {
    get: (name) => secrets[name],
    set: change,
    delete: (name) => change(name, undefined),
  };
}

describe('changing several secrets', () => {
  it('makes them all, and undoes them all', () => {
    const secrets = { TWILIO_ACCOUNT_SID: 'old-sid', NGROK_AUTHTOKEN: 'ngrok' };
    const before = { ...secrets };
    const undo = changeSecrets(vaultRefusing(null, secrets), [
      ['TWILIO_ACCOUNT_SID', 'new-sid'],
      ['TWILIO_AUTH_TOKEN', 'new-token'],
      ['NGROK_AUTHTOKEN', undefined],
    ]);
    expect(secrets).toEqual({ TWILIO_ACCOUNT_SID: 'new-sid', TWILIO_AUTH_TOKEN: 'new-token' });
    undo();
    expect(secrets).toEqual(before);
  });

  it.each(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_AUTH_TOKEN_PREVIOUS'] as const)(
    'makes none when %s is refused, and says why in the vault’s words',
    (refused) => {
      const secrets = { TWILIO_ACCOUNT_SID: 'old-sid', TWILIO_AUTH_TOKEN: 'old-token' };
      const before = { ...secrets };
      const change = () =>
        changeSecrets(vaultRefusing(refused, secrets), [
          ['TWILIO_AUTH_TOKEN_PREVIOUS', 'old-token'],
          ['TWILIO_AUTH_TOKEN', 'new-token'],
          ['TWILIO_ACCOUNT_SID', 'new-sid'],
        ]);
      expect(change).toThrow(ProblemError);
      expect(change).toThrow(`${refused} is set in the environment; change it there.`);
      expect(change).not.toThrow(/new-|old-/);
      expect(secrets).toEqual(before);
    },
  );

  it('confirms a secret that can’t be changed', () => {
    const vault = vaultRefusing('TWILIO_AUTH_TOKEN', { TWILIO_AUTH_TOKEN: 'token' });
    changeSecrets(vault, [['TWILIO_AUTH_TOKEN', 'token']]);
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('token');
  });
});
