import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VaultError } from '../core/errors.ts';
import { createSafeStorageVault } from './safe-storage-vault.ts';

/** The operating system's key store, as Electron shows it. */
const store = vi.hoisted(() => ({ available: true, backend: 'gnome_libsecret', key: 1 }));

vi.mock('electron', () => ({
  safeStorage: {
    isEncryptionAvailable: () => store.available,
    getSelectedStorageBackend: () => store.backend,
    encryptString: (text: string) =>
      Buffer.from([store.key, ...Buffer.from(text).map((byte) => byte ^ 0x5a)]),
    decryptString: (bytes: Buffer) => {
      if (bytes[0] !== store.key) throw new Error('Error while decrypting the ciphertext');
      return Buffer.from(bytes.subarray(1).map((byte) => byte ^ 0x5a)).toString();
    },
  },
}));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'patchbay-vault-'));
  Object.assign(store, { available: true, backend: 'gnome_libsecret', key: 1 });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('createSafeStorageVault', () => {
  it('keeps secrets over a restart, and none in the clear', () => {
    const vault = createSafeStorageVault(dataDir);
    vault.set('TWILIO_AUTH_TOKEN', 'secret-token');
    vault.set('OPENAI_API_KEY', 'key');
    vault.delete('OPENAI_API_KEY');
    expect(readFileSync(join(dataDir, 'desktop-secrets.json'), 'utf8')).not.toContain('secret-token');
    const again = createSafeStorageVault(dataDir);
    expect(again.get('TWILIO_AUTH_TOKEN')).toBe('secret-token');
    expect(again.get('OPENAI_API_KEY')).toBeUndefined();
  });

  it.each([
    ['no key store', { available: false }],
    ...(process.platform === 'linux'
      ? [['a key that everybody knows', { backend: 'basic_text' }] as const]
      : []),
  ] as const)('refuses to keep or to read a secret with %s', (_what, state) => {
    createSafeStorageVault(dataDir).set('TWILIO_AUTH_TOKEN', 'secret-token');
    Object.assign(store, state);
    const vault = createSafeStorageVault(dataDir);
    expect(() => vault.set('NGROK_AUTHTOKEN', 'secret')).toThrow(VaultError);
    expect(() => vault.get('TWILIO_AUTH_TOKEN')).toThrow(VaultError);
    expect(vault.get('NGROK_AUTHTOKEN')).toBeUndefined();
  });

  it('keeps what it had when the file can’t be written, and says so', () => {
    const vault = createSafeStorageVault(dataDir);
    vault.set('TWILIO_AUTH_TOKEN', 'before');
    // A folder of that name is in the way of writing.
    const obstacle = join(dataDir, `desktop-secrets.json.${process.pid}.new`);
    mkdirSync(obstacle);
    expect(() => vault.set('TWILIO_AUTH_TOKEN', 'after')).toThrow(VaultError);
    expect(() => vault.delete('TWILIO_AUTH_TOKEN')).toThrow(/can't be written/);
    expect(vault.get('TWILIO_AUTH_TOKEN')).toBe('before');
    rmdirSync(obstacle);
    vault.set('NGROK_AUTHTOKEN', 'another');
    expect(createSafeStorageVault(dataDir).get('TWILIO_AUTH_TOKEN')).toBe('before');
  });

  it('says which secret the key store no longer opens', () => {
    createSafeStorageVault(dataDir).set('TWILIO_AUTH_TOKEN', 'secret-token');
    store.key = 2;
    expect(() => createSafeStorageVault(dataDir).get('TWILIO_AUTH_TOKEN')).toThrow(
      /TWILIO_AUTH_TOKEN can't be decrypted/,
    );
  });

  it('refuses a file that is none of its own', () => {
    writeFileSync(join(dataDir, 'desktop-secrets.json'), '{"TWILIO_AUTH_TOKEN":7}');
    expect(() => createSafeStorageVault(dataDir)).toThrow(VaultError);
  });
});
