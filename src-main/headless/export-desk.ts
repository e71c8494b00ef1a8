import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContactQueries } from '../core/database/contacts.ts';
import { DeskQueries } from '../core/database/desk.ts';
import { openDatabase } from '../core/database/open-database.ts';
import { DeskService } from '../core/desk/desk-service.ts';
import { type Logger, systemClock } from '../core/ports.ts';
import type { HostOptions } from '../host-options.ts';

/**
 * Writes the desk file in force, without starting anything: a Patchbay at work on the same data folder is not
 * disturbed. A desk file of the options is applied first. Only the owner may read it, as router keys are in it.
 *
 * @throws DeskFileError, or what the database or the file system throws
 */
export function exportDesk(options: HostOptions, file: string, logger: Logger): void {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(options.dataDir, 'patchbay.db'), { logger, clock: systemClock });
  try {
    const desk = new DeskService({
      queries: new DeskQueries(db, new ContactQueries(db)),
      clock: systemClock,
      logger,
    });
    desk.load();
    if (options.deskFile !== null) desk.apply(readFileSync(options.deskFile, 'utf8'));
    writeFileSync(file, desk.export(), { mode: 0o600 });
  } finally {
    db.close();
  }
}
