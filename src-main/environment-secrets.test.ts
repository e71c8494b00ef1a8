import { describe, expect, it } from 'vitest';
import { VaultError } from './core/errors.ts';
import type { SecretName, Vault } from './core/ports.ts';
import { withEnvironmentSecrets } from './environment-secrets.ts';

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

describe('secrets of the environment', () => {
  it('go before the vault’s, and can’t be changed', () => {
    const kept = { TWILIO_AUTH_TOKEN: 'kept', NGROK_AUTHTOKEN: 'ngrok' };
    const vault = withEnvironmentSecrets(vaultOf(kept), { TWILIO_AUTH_TOKEN: 'environment' });
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('environment');
    expect(() => vault.set('TWILIO_AUTH_TOKEN', 'new')).toThrow(VaultError);
    expect(() => vault.delete('TWILIO_AUTH_TOKEN')).toThrow(VaultError);
    vault.set('NGROK_AUTHTOKEN', 'new');
    vault.delete('TWILIO_ACCOUNT_SID');
    expect(kept).toEqual({ TWILIO_AUTH_TOKEN: 'kept', NGROK_AUTHTOKEN: 'new' });
  });

  it('come without the blanks around them; an empty one is none', () => {
    const vault = withEnvironmentSecrets(vaultOf({ NGROK_AUTHTOKEN: 'ngrok' }), {
      TWILIO_AUTH_TOKEN: ' token\r\n',
      NGROK_AUTHTOKEN: ' ',
    });
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('token');
    expect(vault.get('NGROK_AUTHTOKEN')).toBe('ngrok');
  });

  it('take the previous auth token from where the one in force comes from', () => {
    const kept = { TWILIO_AUTH_TOKEN: 'kept', TWILIO_AUTH_TOKEN_PREVIOUS: 'kept before' };
    const previous = (env: Record<string, string>) =>
      withEnvironmentSecrets(vaultOf(kept), env).get('TWILIO_AUTH_TOKEN_PREVIOUS');
    expect(previous({})).toBe('kept before');
    expect(previous({ TWILIO_AUTH_TOKEN: 'new' })).toBeUndefined();
    expect(previous({ TWILIO_AUTH_TOKEN: 'new', TWILIO_AUTH_TOKEN_PREVIOUS: 'old' })).toBe('old');
  });
});
