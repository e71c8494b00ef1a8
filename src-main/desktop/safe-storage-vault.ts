import { join } from 'node:path';
import { safeStorage } from 'electron';
import { z } from 'zod';
import { VaultError } from '../core/errors.ts';
import { type SecretName, secretNames, type Vault } from '../core/ports.ts';
import { keepSecrets, readOwnerOnly } from '../secrets-file.ts';

const keptSchema = z.partialRecord(z.enum(secretNames), z.base64());

/**
 * The desktop's vault: each secret encrypted by the operating system's own key store (Electron's safeStorage), the
 * ciphertexts in `desktop-secrets.json`. Make it after the app is ready.
 *
 * `get` and `set` throw VaultError where the system has no real key store: a plain text file is no vault. `set` and
 * `delete` throw it when the file can't be written; what was kept before stays then.
 *
 * @throws VaultError when the file is no such file
 */
export function createSafeStorageVault(dataDir: string): Vault {
  const file = join(dataDir, 'desktop-secrets.json');
  let encrypted = readKept(file);
  const opened = new Map<SecretName, string>();

  /** What could not be written is not in force either. */
  const change = (next: Map<SecretName, string>) => {
    keepSecrets(file, `${JSON.stringify(Object.fromEntries(next))}\n`);
    encrypted = next;
  };
  return {
    get(name) {
      const known = opened.get(name);
      const kept = encrypted.get(name);
      if (known !== undefined || kept === undefined) return known;
      const value = decrypt(kept, name);
      opened.set(name, value);
      return value;
    },
    set(name, value) {
      requireKeyStore();
      change(new Map(encrypted).set(name, safeStorage.encryptString(value).toString('base64')));
      opened.set(name, value);
    },
    delete(name) {
      const next = new Map(encrypted);
      if (next.delete(name)) change(next);
      opened.delete(name);
    },
  };
}

function readKept(file: string): Map<SecretName, string> {
  const bytes = readOwnerOnly(file);
  if (bytes === undefined) return new Map();
  try {
    const kept = keptSchema.parse(JSON.parse(bytes.toString('utf8')));
    return new Map(secretNames.flatMap((name) => (kept[name] === undefined ? [] : [[name, kept[name]]])));
  } catch (error) {
    throw new VaultError(`${file} can't be read. Remove it and enter the secrets again`, { cause: error });
  }
}

function decrypt(kept: string, name: SecretName): string {
  requireKeyStore();
  try {
    return safeStorage.decryptString(Buffer.from(kept, 'base64'));
  } catch (error) {
    throw new VaultError(`${name} can't be decrypted with this system's key store. Enter it again`, {
      cause: error,
    });
  }
}

/** On Linux, Electron falls back to a password that is the same everywhere ("basic_text"), which protects nothing. */
function requireKeyStore(): void {
  const plain = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (plain || !safeStorage.isEncryptionAvailable()) {
    throw new VaultError(
      'This system has no key store for secrets. Install one (on Linux gnome-keyring or KWallet), or set the secrets in the environment',
    );
  }
}
