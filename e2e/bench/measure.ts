import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One figure of a bench: what was measured against what, and whether it is within its limit. */
export interface BenchRow {
  name: string;
  measured: string;
  baseline: string;
  /** measured / baseline, or the figure itself where the limit is absolute. */
  ratio: number;
  limit: string;
  met: boolean;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The smallest value that at least `share` of the values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export interface RunningProcess<Ready> {
  ready: Ready;
  /** From the spawn to the ready line, in milliseconds. */
  startMs: number;
  child: ChildProcess;
  /** Ends it. @returns the last line that it printed. */
  stop(): Promise<string>;
}

/** Starts a Node process and waits for its ready line, one JSON object on stdout. stderr is kept for the error only. */
export async function startProcess<Ready>(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProcess<Ready>> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints = (complaints + String(data)).slice(-4000);
  });
  const exited = new Promise<never>((_, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`${args[0]} ended with ${code} before it was ready:\n${complaints}`)),
    );
  });
  exited.catch(() => {});
  const lines = createInterface(child.stdout);
  let lastLine = '';
  lines.on('line', (line) => {
    lastLine = line;
  });
  const firstLine = new Promise<string>((resolve) => lines.once('line', resolve));
  const line = await Promise.race([firstLine, exited]);
  const startMs = performance.now() - startedAt;
  const closed = new Promise<string>((resolve) => child.once('close', () => resolve(lastLine)));
  const stop = () => {
    child.kill('SIGTERM');
    return closed;
  };
  return { ready: JSON.parse(line) as Ready, startMs, child, stop };
}
