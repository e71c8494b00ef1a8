import { describe, expect, it } from 'vitest';
import type { SecretName, Vault } from '../core/ports.ts';
import { withRehearsalAccount } from './rehearsal-account.ts';

function vaultOf(secrets: Partial<Record<SecretName, string>>): Vault {
  return {
    get: (name) => secrets[name],
    set: (name, value) => {
      secrets[name] = value;
    },
    delete: (name) => {
      delete secrets[name];
    },
  };
}

describe('the vault of a rehearsal', () => {
  it('has an account of its own where the operator has none, without what is left of an earlier one', () => {
    const vault = withRehearsalAccount(
      vaultOf({ TWILIO_AUTH_TOKEN: 'half', TWILIO_AUTH_TOKEN_PREVIOUS: 'old' }),
    );
    expect(vault.get('TWILIO_ACCOUNT_SID')).toMatch(/^AC[0-9a-f]{32}$/);
    expect(vault.get('TWILIO_AUTH_TOKEN')).toMatch(/^[0-9a-f]{32}$/);
    expect(vault.get('TWILIO_AUTH_TOKEN_PREVIOUS')).toBeUndefined();
  });

  it('never changes the operator’s account', () => {
    const own = {
      TWILIO_ACCOUNT_SID: 'ACown',
      TWILIO_AUTH_TOKEN: 'own',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'own before',
    };
    const before = { ...own };
    const vault = withRehearsalAccount(vaultOf(own));
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('own');
    vault.set('TWILIO_AUTH_TOKEN', 'rehearsed');
    vault.delete('TWILIO_AUTH_TOKEN_PREVIOUS');
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('rehearsed');
    expect(vault.get('TWILIO_AUTH_TOKEN_PREVIOUS')).toBeUndefined();
    expect(vault.get('TWILIO_ACCOUNT_SID')).toBe('ACown');
    vault.delete('TWILIO_ACCOUNT_SID');
    expect(vault.get('TWILIO_ACCOUNT_SID')).toBeUndefined();
    expect(own).toEqual(before);
  });

  it('keeps other secrets where they belong', () => {
    const secrets: Partial<Record<SecretName, string>> = {};
    withRehearsalAccount(vaultOf(secrets)).set('NGROK_AUTHTOKEN', 'ngrok');
    expect(secrets).toEqual({ NGROK_AUTHTOKEN: 'ngrok' });
  });
});
