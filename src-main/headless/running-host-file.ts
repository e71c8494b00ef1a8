import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, replaceOwnerOnly } from '../secrets-file.ts';

const runningHostSchema = z.object({
  pid: z.int(),
  /** Where the UI listener listens, without its token. */
  origin: z.url(),
  token: z.string(),
});
export type RunningHostNote = z.infer<typeof runningHostSchema>;

const fileIn = (dataDir: string) => join(dataDir, 'running.json');

/**
 * Notes in the data folder where the headless host at work can be reached, for the command line of the same owner. It
 * holds the token of this start, so only the owner may read it, and it goes when the host stops.
 */
export function noteRunningHost(dataDir: string, note: RunningHostNote): void {
  replaceOwnerOnly(fileIn(dataDir), `${JSON.stringify(note)}\n`);
}

export function forgetRunningHost(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/** The note of a host that is alive; undefined when there is none, or when the one that wrote it was killed. */
export function runningHostIn(dataDir: string): RunningHostNote | undefined {
  const text = readIfThere(fileIn(dataDir))?.toString('utf8');
  if (text === undefined) return undefined;
  try {
    const note = runningHostSchema.parse(JSON.parse(text));
    process.kill(note.pid, 0); // asks whether it is there, and sends nothing
    return note;
  } catch {
    return undefined;
  }
}
