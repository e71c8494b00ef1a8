import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A host that is stopping has 5 s to end; one that starts right after it waits that long for the folder. */
const patienceMs = 5_500;

/** Another Patchbay works on this data folder: both would answer the same calls and send the same webhooks. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  readonly dataDir: string;

  constructor(dataDir: string, options: ErrorOptions) {
    super(
      `another Patchbay is at work on the data folder ${dataDir}: use that one, end it first, or choose another folder with --data-dir`,
      options,
    );
    this.dataDir = dataDir;
  }
}

/**
 * Takes the data folder for this process. The lock is the operating system's, by way of SQLite, so that it goes with
 * the process however that ends.
 *
 * @param waitMs how long to wait for another process to let go
 * @returns the way to give it back
 * @throws DataFolderInUseError
 */
export function lockDataFolder(dataDir: string, waitMs = patienceMs): () => void {
  const db = new Database(join(dataDir, 'in-use.lock'), { timeout: waitMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new DataFolderInUseError(dataDir, { cause });
  }
  return () => db.close();
}
