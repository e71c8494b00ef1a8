import pino from 'pino';
import type { Logger } from '../ports.ts';
import { redact, redactText } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * JSON lines on stderr: `{"level":"info","time":"…","msg":"…","facts":{…}}`. stdout belongs to what a host prints for
 * others to read. Every line goes through `redact`.
 */
export function createLogger(options?: {
  level?: LogLevel;
  destination?: { write(line: string): void };
}): Logger {
  const level = options?.level ?? 'info';
  const log = pino(
    {
      level,
      base: null,
      nestedKey: 'facts', // a fact named "time" or "msg" must not take the place of the line's own
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous: the last line before a crash is the one that is needed.
    options?.destination ?? pino.destination({ dest: 2, sync: true }),
  );
  const at = (name: Exclude<LogLevel, 'silent'>): Logger[typeof name] => {
    if (!log.isLevelEnabled(name)) return () => {};
    return (message, facts) => {
      const text = redactText(message);
      if (facts === undefined) log[name](text);
      else log[name](redact(facts), text);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
