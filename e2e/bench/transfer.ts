import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import Database from 'better-sqlite3';
import { type BenchRow, median, startProcess } from './measure.ts';

const routerKey = 'bench-key-0123456789-0123456789-01';
const connections = 20;
const rounds = 9;
const roundSeconds = 3;

/** `POST /transfer/<key>` with 1,000 rules and every request on disk, against the seed's minimal Express server. */
export async function benchTransfer(serveFile: string, seedFile: string): Promise<BenchRow[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const desk = join(dataDir, 'desk.yaml');
  writeFileSync(desk, deskWithRules(1000));
  const seed = await startProcess<{ url: string }>([seedFile]);
  const patchbay = await startProcess<{ webhookUrl: string }>(
    [serveFile, '--data-dir', dataDir, '--webhook-port', '0', '--ui-port', '0', '--desk', desk],
    { TWILIO_AUTH_TOKEN: 'bench' },
  );
  const theirs: autocannon.Result[] = [];
  const ours: autocannon.Result[] = [];
  try {
    const url = `${patchbay.ready.webhookUrl}/transfer/${routerKey}`;
    await load(seed.ready.url, 2);
    const warmUp = await load(url, 2);
    let answered = warmUp.requests.total;
    // Turn by turn, so that whatever else the machine does meets both.
    for (let round = 0; round < rounds; round++) {
      theirs.push(await load(seed.ready.url, roundSeconds));
      const result = await load(url, roundSeconds);
      ours.push(result);
      answered += result.requests.total;
    }
    await patchbay.stop();
    requireOnDisk(dataDir, answered);
  } finally {
    await Promise.all([seed.stop(), patchbay.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
  const rate = (results: autocannon.Result[]) => median(results.map(({ requests }) => requests.average));
  const p99 = (results: autocannon.Result[]) => median(results.map(({ latency }) => latency.p99));
  // Neighbours in time are compared with each other: the machine's own speed wanders over a minute.
  const rateRatio = median(
    ours.map((result, round) => rate([result]) / rate(theirs.slice(round, round + 1))),
  );
  // autocannon's histogram counts whole milliseconds: equal buckets are no difference that it can see.
  const p99Ratio = p99(ours) / Math.max(1, p99(theirs));
  return [
    {
      name: '/transfer requests a second',
      measured: `${Math.round(rate(ours))}/s`,
      baseline: `${Math.round(rate(theirs))}/s`,
      ratio: rateRatio,
      limit: '≥ 1.3',
      met: rateRatio >= 1.3,
    },
    {
      name: '/transfer p99',
      measured: `${p99(ours)} ms`,
      baseline: `${p99(theirs)} ms`,
      ratio: p99Ratio,
      limit: '≤ 1',
      met: p99Ratio <= 1,
    },
  ];
}

/** Made once: what the client spends on a request is time that the servers under test do not get. */
const requests = Array.from({ length: 1000 }, (_, caller) => ({
  body: JSON.stringify({ number: `+1416555${String(caller).padStart(4, '0')}` }),
}));

async function load(url: string, seconds: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { 'content-type': 'application/json' },
    requests,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return result;
}

/** An answered request is on disk; those that were cut off at a round's end may be there too. */
function requireOnDisk(dataDir: string, answered: number): void {
  const db = new Database(join(dataDir, 'patchbay.db'), { readonly: true });
  const recorded =
    db.prepare<[], number>("SELECT count(*) FROM webhook_requests WHERE direction = 'in'").pluck().get() ?? 0;
  db.close();
  if (recorded < answered)
    throw new Error(`${answered} requests were answered, only ${recorded} are on disk`);
}

function deskWithRules(count: number): string {
  const rules = Array.from({ length: count }, (_, index) => {
    const prefix = `+1416555${String(index).padStart(4, '0')}`;
    return `        - { name: Rule ${index}, when: { callerPrefix: "${prefix}" }, to: "+1416555${String(index % 10).padStart(4, '0')}" }`;
  });
  return `patchbay: 1
integrations:
  - id: front-desk
    name: Front desk
    staticNumber: "+14165551234"
    routerKey: ${routerKey}
    dynamic:
      rules:
${rules.join('\n')}
`;
}
