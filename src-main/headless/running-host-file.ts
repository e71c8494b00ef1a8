import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonOf } from '../core/json-of.ts';
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

/** Takes the note away, unless another host has put its own there since. */
export function forgetRunningHost(dataDir: string, token: string): void {
  if (noteIn(dataDir)?.token === token) rmSync(fileIn(dataDir), { force: true });
}

/**
 * The note of a host that is alive; undefined when there is none, or when the one that wrote it was killed: its process
 * is gone, or, since another may have got its number, nobody listens where it did.
 */
export async function runningHostIn(dataDir: string): Promise<RunningHostNote | undefined> {
  const note = noteIn(dataDir);
  return note !== undefined && isAlive(note.pid) && (await isListening(note.origin)) ? note : undefined;
}

function noteIn(dataDir: string): RunningHostNote | undefined {
  const text = readIfThere(fileIn(dataDir))?.toString('utf8');
  return text === undefined ? undefined : runningHostSchema.safeParse(jsonOf(text)).data;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks whether it is there, and sends nothing
    return true;
  } catch {
    return false;
  }
}

/** On this machine, so that the answer comes at once. */
async function isListening(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
