import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DataFolderInUseError, lockDataFolder } from './data-folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tries from another process, as another host would. */
function tryElsewhere(): string {
  const script = `import { lockDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder-lock.ts'))};
    try { lockDataFolder(${JSON.stringify(folder)}, 0); console.log('taken'); } catch (error) { console.log(error.name); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  }).stdout.trim();
}

it('keeps a second Patchbay out, in this process and in another one, until it is given back', () => {
  const giveBack = lockDataFolder(folder);
  expect(() => lockDataFolder(folder, 0)).toThrow(DataFolderInUseError);
  expect(tryElsewhere()).toBe('DataFolderInUseError');
  giveBack();
  lockDataFolder(folder, 0)();
});

it('goes with the process that held it', () => {
  expect(tryElsewhere()).toBe('taken');
  lockDataFolder(folder, 0)();
});
