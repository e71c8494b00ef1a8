import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchDecision } from './decision.ts';
import type { BenchRow } from './measure.ts';
import { benchStartAndMemory } from './start-and-memory.ts';
import { benchTimeMachine } from './time-machine.ts';
import { benchTokenToFrame } from './token-to-frame.ts';
import { benchTransfer } from './transfer.ts';

/** All benches in one run on one machine: prints the ratios, writes them to bench-results/, exits 1 when one misses its limit. */
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const serveFile = at('../../out/main/serve.js');
if (!existsSync(serveFile)) throw new Error('out/main/serve.js is missing: run "npm run build" first');

const say = (text: string) => process.stdout.write(`${text}\n`);
const rows: BenchRow[] = [];
const show = (...measured: BenchRow[]) => {
  for (const row of measured) {
    rows.push(row);
    const verdict = row.met ? 'ok  ' : 'MISS';
    say(
      `${verdict} ${row.name}: ${row.measured} against ${row.baseline} = ${row.ratio.toFixed(2)} (${row.limit})`,
    );
  }
};

show(...benchDecision());
show(benchTimeMachine());
show(...(await benchTokenToFrame(at('./token-host.ts'))));
show(...(await benchTransfer(serveFile, at('./seed-server.ts'))));
show(...(await benchStartAndMemory(serveFile, at('./bare-server.ts'))));

const resultsDir = at('../../bench-results');
mkdirSync(resultsDir, { recursive: true });
const machine = {
  node: process.version,
  platform: process.platform,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
};
const file = `${resultsDir}/bench.json`;
writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2)}\n`);
say(`written to ${file}`);
process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
