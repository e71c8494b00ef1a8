import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, VaultError } from './core/errors.ts';

/** The bytes of a file, or undefined when there is none. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * As readIfThere, and takes the rights to it from everybody but its owner: a copy that was brought back from a backup
 * often has more. Where that can't be done, as with a file that is mounted read-only, whoever mounted it has decided.
 */
export function readOwnerOnly(file: string): Buffer | undefined {
  const bytes = readIfThere(file);
  if (bytes === undefined || process.platform === 'win32') return bytes;
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch {
    // It can be read all the same.
  }
  return bytes;
}

/** As replaceOwnerOnly. @throws VaultError in words that an operator can act on. */
export function keepSecrets(file: string, content: string): void {
  try {
    replaceOwnerOnly(file, content);
  } catch (error) {
    throw new VaultError(
      `${file} can't be written: ${messageOf(error)}. Make room on the disk, or let Patchbay write there`,
      {
        cause: error,
      },
    );
  }
}

/** Replaces a file in one step, readable by its owner alone: a crash leaves the old one or the new one. */
export function replaceOwnerOnly(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, content, { mode: 0o600, flush: true });
  renameSync(next, file);
}
