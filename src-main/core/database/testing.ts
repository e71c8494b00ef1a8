import type { Clock, Logger } from '../ports.ts';
import { type Db, openDatabase } from './open-database.ts';

/** What tests of this folder and of its neighbours share. */

export interface LoggedLine {
  level: keyof Logger;
  message: string;
  facts: Record<string, unknown> | undefined;
}

/** A logger that keeps its lines. */
export function rememberingLogger(): Logger & { lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const at = (level: keyof Logger) => (message: string, facts?: Record<string, unknown>) => {
    lines.push({ level, message, facts });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A clock that is set by hand. */
export function handClock(now = Date.UTC(2026, 10, 22, 9)): Clock & { set(now: number): void } {
  return {
    now: () => now,
    set: (to) => {
      now = to;
    },
  };
}

export function memoryDatabase(): Db {
  return openDatabase(':memory:', { logger: rememberingLogger(), clock: handClock() });
}
