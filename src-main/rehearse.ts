import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from './core/errors.ts';
import { createLogger } from './core/logging/logger.ts';
import { runInOwnCore } from './rehearsal/own-core.ts';
import { reportOf, reportOfFailure, total } from './rehearsal/report.ts';
import { readScript, ScriptError } from './rehearsal/script.ts';

const usage = `rehearse [options] [files or folders]

Places scripted calls on the rehearsal line, each in a Patchbay of its own, and prints a line a call.
Without files: the calls that come with Patchbay.

  --jobs N     calls at once (6)
  --speed N    how many times faster than the clock people speak and phones ring (20)
  --verbose    every step of each call and how long it took
  --help       this text
`;

interface Options {
  paths: string[];
  jobs: number;
  speed: number;
  verbose: boolean;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function readOptions(args: string[]): Options | 'help' {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  return {
    paths: positionals,
    jobs: positive('--jobs', values.jobs, 64),
    speed: positive('--speed', values.speed, 1_000),
    verbose: values.verbose,
  };
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      jobs: { type: 'string', default: '6' },
      speed: { type: 'string', default: '20' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function positive(option: string, value: string, max: number): number {
  const number = Number(value);
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`${option} is "${value}"; it takes a number from 1 to ${max}`);
}

/** The folder of the practice desk and the sample calls, seen from the sources and from the bundle alike. */
function resourcesDir(): string {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    const candidate = join(dir, 'resources', 'rehearsal');
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir) throw new Error('the folder resources/rehearsal is missing');
  }
}

/** @throws Error naming a path that is not there, or a folder without calls. */
async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new Error('there is no such file or folder');
  if (!found.isDirectory()) return [path];
  const files = (await readdir(path)).filter((file) => /\.ya?ml$/.test(file)).sort();
  if (files.length === 0) throw new Error('the folder holds no rehearsal calls (*.yaml)');
  return files.map((file) => join(path, file));
}

async function rehearse(options: Options, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const scriptsDir = resourcesDir();
  const logger = createLogger({ level: options.verbose ? 'error' : 'silent' });
  const counts = { passed: 0, failed: 0 };
  const print = (passed: boolean, lines: readonly string[]): void => {
    counts[passed ? 'passed' : 'failed'] += 1;
    process.stdout.write(`${lines.join('\n')}\n`);
  };

  const files: string[] = [];
  for (const path of options.paths.length > 0 ? options.paths : [join(scriptsDir, 'calls')]) {
    try {
      files.push(...(await filesOf(path)));
    } catch (error) {
      print(false, reportOfFailure(path, [messageOf(error)]));
    }
  }

  const rehearseOne = async (file: string): Promise<void> => {
    const shownAs = relative(process.cwd(), file).startsWith('..') ? file : relative(process.cwd(), file);
    try {
      const script = readScript(await readFile(file, 'utf8'));
      const run = await runInOwnCore(script, {
        scriptsDir,
        speed: options.speed,
        logger,
        env: process.env,
        signal,
      });
      if (!signal.aborted) print(run.unmet.length === 0, reportOf(run, options));
    } catch (error) {
      if (signal.aborted) return;
      const problems = error instanceof ScriptError ? error.problems : messageOf(error).split('\n');
      print(false, reportOfFailure(shownAs, problems));
    }
  };
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift()) {
      await rehearseOne(file);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, files.length) }, worker));
  if (signal.aborted) return 130;
  process.stdout.write(`${total(counts.passed, counts.failed, performance.now() - startedAt)}\n`);
  return counts.failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  let options: Options | 'help';
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${basename(process.argv[1] ?? 'rehearse')}: ${messageOf(error)}\n\n${usage}`);
    return 1;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  return await rehearse(options, interrupted.signal);
}

// Everything is closed by now; a keep-alive timer of a library must not hold the process.
process.exit(await main());
