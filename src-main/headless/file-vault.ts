import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { VaultError } from '../core/errors.ts';
import { type SecretName, secretNames, type Vault } from '../core/ports.ts';
import { keepSecrets, readOwnerOnly } from '../secrets-file.ts';

const sealedSchema = z.strictObject({
  version: z.literal(1),
  iv: z.base64(),
  tag: z.base64(),
  secrets: z.base64(),
});
const secretsSchema = z.partialRecord(z.enum(secretNames), z.string());
/** Bound to the ciphertext, so that a file of another kind or version is never taken for this one. */
const associatedData = Buffer.from('patchbay secrets 1');

/**
 * The headless host's vault: `secrets.json`, sealed with AES-256-GCM (NIST SP 800-38D). The key comes from
 * PATCHBAY_VAULT_KEY (32 bytes in hex), else from `secrets.key`, made on the first write, readable by its owner alone.
 *
 * `set` and `delete` throw VaultError when the file can't be written; what was kept before stays then.
 *
 * @throws VaultError when the file can't be opened with the key, or the key is malformed
 */
export function createFileVault(dataDir: string, env: Readonly<Record<string, string | undefined>>): Vault {
  const file = join(dataDir, 'secrets.json');
  const keyFile = join(dataDir, 'secrets.key');
  const givenKey = env.PATCHBAY_VAULT_KEY;
  const keyOfEnvironment = givenKey ? parseKey(givenKey, 'PATCHBAY_VAULT_KEY') : undefined;

  const existingKey = () => {
    if (keyOfEnvironment !== undefined) return keyOfEnvironment;
    const kept = readOwnerOnly(keyFile)?.toString('utf8').trim();
    return kept === undefined ? undefined : parseKey(kept, keyFile);
  };
  const newKey = () => {
    const key = randomBytes(32);
    keepSecrets(keyFile, `${key.toString('hex')}\n`);
    return key;
  };

  const open = (): Map<SecretName, string> => {
    const sealed = readOwnerOnly(file);
    if (sealed === undefined) return new Map();
    const key = existingKey();
    if (key === undefined) {
      throw new VaultError(
        `${file} is there, but its key is not: set PATCHBAY_VAULT_KEY or bring back ${keyFile}`,
      );
    }
    try {
      const { iv, tag, secrets } = sealedSchema.parse(JSON.parse(sealed.toString('utf8')));
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
      decipher.setAAD(associatedData);
      decipher.setAuthTag(Buffer.from(tag, 'base64'));
      const text = Buffer.concat([decipher.update(Buffer.from(secrets, 'base64')), decipher.final()]);
      const parsed = secretsSchema.parse(JSON.parse(text.toString('utf8')));
      return new Map(
        secretNames.flatMap((name) => (parsed[name] === undefined ? [] : [[name, parsed[name]]])),
      );
    } catch (error) {
      throw new VaultError(
        `${file} can't be opened: it was changed, or sealed with another key. Bring back the key, or remove the file and enter the secrets again`,
        { cause: error },
      );
    }
  };

  let secrets = open();
  /** What could not be written is not in force either. */
  const change = (next: Map<SecretName, string>) => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', existingKey() ?? newKey(), iv);
    cipher.setAAD(associatedData);
    const text = JSON.stringify(Object.fromEntries(next));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const content = {
      version: 1,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      secrets: sealed.toString('base64'),
    };
    keepSecrets(file, `${JSON.stringify(content)}\n`);
    secrets = next;
  };

  return {
    get: (name) => secrets.get(name),
    set: (name, value) => change(new Map(secrets).set(name, value)),
    delete(name) {
      const next = new Map(secrets);
      if (next.delete(name)) change(next);
    },
  };
}

function parseKey(text: string, source: string): Buffer {
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new VaultError(
      `${source} must be 32 bytes as 64 hexadecimal digits, like "openssl rand -hex 32" makes them`,
    );
  }
  return Buffer.from(text, 'hex');
}
