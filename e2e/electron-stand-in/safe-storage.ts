import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';

/** "v10" or "v11" and the ciphertext, as Chromium's OSCrypt writes it; the key lies where a key store would keep it. */
const prefix = Buffer.from('v11');

function key(): Buffer {
  const file = join(app.getPath('userData'), 'stand-in-key-store');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

/** https://www.electronjs.org/docs/latest/api/safe-storage */
export const safeStorage = {
  isEncryptionAvailable: () => app.isReady() && process.env.ELECTRON_STAND_IN_KEY_STORE !== 'none',
  getSelectedStorageBackend: () =>
    process.env.ELECTRON_STAND_IN_KEY_STORE === 'none' ? 'basic_text' : 'gnome_libsecret',
  encryptString(plainText: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key(), iv);
    return Buffer.concat([prefix, iv, cipher.update(plainText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  decryptString(encrypted: Buffer): string {
    if (!encrypted.subarray(0, 3).equals(prefix)) throw new Error('Error while decrypting the ciphertext');
    const decipher = createDecipheriv('aes-256-gcm', key(), encrypted.subarray(3, 15));
    decipher.setAuthTag(encrypted.subarray(-16));
    return Buffer.concat([decipher.update(encrypted.subarray(15, -16)), decipher.final()]).toString('utf8');
  },
};
