import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VaultError } from '../core/errors.ts';
import { withEnvironmentSecrets } from '../environment-secrets.ts';
import { createFileVault } from './file-vault.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'patchbay-vault-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const secretsFile = () => join(dataDir, 'secrets.json');
const keyFile = () => join(dataDir, 'secrets.key');
const key = 'ab'.repeat(32);

describe('createFileVault', () => {
  it('keeps secrets over a restart, with a key of its own', () => {
    const vault = createFileVault(dataDir, {});
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBeUndefined();
    vault.set('TWILIO_AUTH_TOKEN', 'token-ö-1');
    vault.set('OPENAI_API_KEY', 'key-2');
    vault.delete('OPENAI_API_KEY');

    const again = createFileVault(dataDir, {});
    expect(again.get('TWILIO_AUTH_TOKEN')).toBe('token-ö-1');
    expect(again.get('OPENAI_API_KEY')).toBeUndefined();
  });

  it('writes nothing before there is a secret', () => {
    createFileVault(dataDir, {}).get('TWILIO_AUTH_TOKEN');
    expect(() => statSync(keyFile())).toThrow();
  });

  it.skipIf(process.platform === 'win32')('lets only the owner read the files', () => {
    createFileVault(dataDir, {}).set('TWILIO_AUTH_TOKEN', 'token');
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  });

  it.skipIf(process.platform === 'win32')(
    'takes the rights of others to a file that was brought back',
    () => {
      createFileVault(dataDir, {}).set('TWILIO_AUTH_TOKEN', 'token');
      for (const file of [secretsFile(), keyFile()]) chmodSync(file, 0o644);
      expect(createFileVault(dataDir, {}).get('TWILIO_AUTH_TOKEN')).toBe('token');
      for (const file of [secretsFile(), keyFile()]) expect(statSync(file).mode & 0o777).toBe(0o600);
    },
  );

  it('keeps what it had when the file can’t be written, and says so', () => {
    const vault = createFileVault(dataDir, {});
    vault.set('TWILIO_AUTH_TOKEN', 'before');
    // A folder of that name is in the way of writing.
    mkdirSync(`${secretsFile()}.${process.pid}.new`);
    expect(() => vault.set('TWILIO_AUTH_TOKEN', 'after-planted')).toThrow(VaultError);
    expect(() => vault.set('TWILIO_AUTH_TOKEN', 'after-planted')).not.toThrow(/planted/);
    expect(() => vault.delete('TWILIO_AUTH_TOKEN')).toThrow(/can't be written/);
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('before');
    expect(createFileVault(dataDir, {}).get('TWILIO_AUTH_TOKEN')).toBe('before');
  });

  it('never writes a secret in the clear, and seals the same one differently each time', () => {
    const vault = createFileVault(dataDir, {});
    vault.set('TWILIO_AUTH_TOKEN', 'a-secret-to-look-for');
    const first = readFileSync(secretsFile(), 'utf8');
    vault.set('TWILIO_AUTH_TOKEN', 'a-secret-to-look-for');
    const second = readFileSync(secretsFile(), 'utf8');
    expect(first).not.toContain('a-secret-to-look-for');
    expect(second).not.toBe(first);
  });

  it('takes the key from the environment and leaves no key file', () => {
    createFileVault(dataDir, { PATCHBAY_VAULT_KEY: key }).set('TWILIO_AUTH_TOKEN', 'token');
    expect(() => statSync(keyFile())).toThrow();
    expect(createFileVault(dataDir, { PATCHBAY_VAULT_KEY: key }).get('TWILIO_AUTH_TOKEN')).toBe('token');
    expect(() => createFileVault(dataDir, { PATCHBAY_VAULT_KEY: 'cd'.repeat(32) })).toThrow(VaultError);
    expect(() => createFileVault(dataDir, {})).toThrow(/its key is not/);
  });

  it('refuses a key that is none', () => {
    expect(() => createFileVault(dataDir, { PATCHBAY_VAULT_KEY: 'password' })).toThrow(
      /64 hexadecimal digits/,
    );
  });

  it.each(['iv', 'tag', 'secrets'] as const)('notices that %s was changed', (part) => {
    createFileVault(dataDir, {}).set('TWILIO_AUTH_TOKEN', 'token');
    const sealed = JSON.parse(readFileSync(secretsFile(), 'utf8')) as Record<string, string>;
    const bytes = Buffer.from(sealed[part] ?? '', 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    writeFileSync(secretsFile(), JSON.stringify({ ...sealed, [part]: bytes.toString('base64') }));
    expect(() => createFileVault(dataDir, {})).toThrow(VaultError);
  });

  it.each(['', 'no JSON', '{}', '[]'])('refuses a file that holds %j', (content) => {
    createFileVault(dataDir, {}).set('TWILIO_AUTH_TOKEN', 'token');
    writeFileSync(secretsFile(), content);
    expect(() => createFileVault(dataDir, {})).toThrow(VaultError);
  });
});

describe('withEnvironmentSecrets', () => {
  it('puts the environment first and never writes what it says', () => {
    const vault = createFileVault(dataDir, {});
    vault.set('TWILIO_AUTH_TOKEN', 'kept');
    const combined = withEnvironmentSecrets(vault, { TWILIO_AUTH_TOKEN: 'given', NGROK_AUTHTOKEN: '' });
    expect(combined.get('TWILIO_AUTH_TOKEN')).toBe('given');
    expect(combined.get('NGROK_AUTHTOKEN')).toBeUndefined();
    expect(() => combined.set('TWILIO_AUTH_TOKEN', 'new')).toThrow(VaultError);
    expect(() => combined.delete('TWILIO_AUTH_TOKEN')).toThrow(VaultError);
    combined.set('NGROK_AUTHTOKEN', 'ngrok');
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('kept');
    expect(vault.get('NGROK_AUTHTOKEN')).toBe('ngrok');
  });
});
