import { styleText } from 'node:util';
import { howItEnded, type ScriptRun } from './run-script.ts';

/** One call of the report, as lines of plain text; colours only where the terminal shows them. */
export function reportOf(run: ScriptRun, { verbose }: { verbose: boolean }): string[] {
  const passed = run.unmet.length === 0;
  const mark = passed ? green('✓') : red('✗');
  const parts = [whatWasDecided(run), whoWasRung(run), howItEnded(run.observed)].filter(
    (part) => part !== '',
  );
  const lines = [`${mark} ${run.name} ${dim(`(${inSeconds(run.tookMs)})`)} ${parts.join(dim(' · '))}`];
  for (const { what, expected, came } of run.unmet) {
    lines.push(`    ${what}:`, `      expected ${expected}`, `      came     ${came}`);
  }
  if (verbose) lines.push(...trace(run).map(dim));
  return lines;
}

/** A file that is no call, or a call that could not be placed. */
export function reportOfFailure(file: string, problems: readonly string[]): string[] {
  return [`${red('✗')} ${file}`, ...problems.map((problem) => `    ${problem}`)];
}

export function total(passed: number, failed: number, tookMs: number): string {
  const calls = `${passed + failed} call${passed + failed === 1 ? '' : 's'}`;
  const verdict = failed === 0 ? green(`${passed} as expected`) : red(`${failed} not as expected`);
  return `${calls}: ${verdict} ${dim(`(${inSeconds(tookMs)})`)}`;
}

function whatWasDecided({ observed }: ScriptRun): string {
  const { answer, detail } = observed;
  if (answer !== undefined) {
    const body = answer.body as { transferNumber?: unknown; error?: { message?: unknown } } | null;
    if (typeof body?.transferNumber === 'string') return `answered ${body.transferNumber}`;
    return answer.status === 200
      ? `answered ${JSON.stringify(answer.body)}`
      : `refused: ${String(body?.error?.message ?? answer.body)}`;
  }
  const decision = detail?.call.decision;
  if (!decision) return '';
  const { via, destinations, why, tookMs } = decision;
  return `${via} → ${destinations.join(', then ')} in ${tookMs} ms: ${why}`;
}

function whoWasRung({ observed }: ScriptRun): string {
  const rung = observed.detail?.call.rung ?? [];
  return rung.map(({ destination, status }) => `rang ${destination}: ${status}`).join(', ');
}

/** Every step of the call with its moment, and how long Patchbay took over it. */
function trace({ observed }: ScriptRun): string[] {
  return (observed.record?.trace ?? []).map(({ atMs, source, what, tookMs }) => {
    const took = tookMs === undefined ? '' : ` (${tookMs} ms)`;
    return `    ${String(atMs).padStart(6)} ms  ${source.padEnd(11)} ${what}${took}`;
  });
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const green = (text: string): string => styleText('green', text, { stream: process.stdout });
const red = (text: string): string => styleText('red', text, { stream: process.stdout });
const dim = (text: string): string => styleText('dim', text, { stream: process.stdout });
