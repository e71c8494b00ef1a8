import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BenchRow, median, startProcess } from './measure.ts';

const starts = 7;

/** Memory is read once the start's garbage had a moment to go. */
const settleMs = 700;

/** From the spawn to "ready", and the memory then, against a bare Node process with Express and better-sqlite3. */
export async function benchStartAndMemory(serveFile: string, bareFile: string): Promise<BenchRow[]> {
  const ours = { ms: [] as number[], mb: [] as number[] };
  const bare = { ms: [] as number[], mb: [] as number[] };
  for (let round = 0; round < starts; round++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
    try {
      for (const [figures, args] of [
        [bare, [bareFile, dataDir]],
        [ours, [serveFile, '--data-dir', dataDir, '--webhook-port', '0', '--ui-port', '0']],
      ] as const) {
        const running = await startProcess(args, { TWILIO_AUTH_TOKEN: 'bench' });
        await setTimeout(settleMs);
        figures.ms.push(running.startMs);
        figures.mb.push(residentMb(running.child.pid));
        await running.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return [row('start to "ready"', ours.ms, bare.ms, 'ms'), row('resident memory', ours.mb, bare.mb, 'MB')];
}

function row(name: string, ours: number[], bare: number[], unit: string): BenchRow {
  const measured = median(ours);
  const baseline = median(bare);
  return {
    name,
    measured: `${Math.round(measured)} ${unit}`,
    baseline: `${Math.round(baseline)} ${unit}`,
    ratio: measured / baseline,
    limit: 'shown',
    met: true,
  };
}

function residentMb(pid: number | undefined): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
