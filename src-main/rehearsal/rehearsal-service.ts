import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import type { RehearsalResult, RehearsalScript } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { parseDeskFile } from '../core/desk/parse-desk-file.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { RehearsalLine } from './rehearsal-line.ts';
import { resultOf, runOnOtherDesk, runScript } from './run-script.ts';
import { readScript, type Script } from './script.ts';
import type { ScriptedOutbound } from './scripted-outbound.ts';

/** The practice desk is not put over a desk that the operator has set up. */
export class DeskInUseError extends Error {
  override readonly name = 'DeskInUseError';

  constructor() {
    super('A desk is set up already; the practice desk would replace it.');
  }
}

/** There is no rehearsal call of this name. */
export class ScriptNotFoundError extends Error {
  override readonly name = 'ScriptNotFoundError';
  readonly file: string;

  constructor(file: string) {
    super(`there is no rehearsal call "${file}"`);
    this.file = file;
  }
}

/** What an operator should see first: a caller asks for a person and gets one. */
const firstScript = 'asks-for-a-person.yaml';

export interface RehearsalServiceDeps {
  core: Core;
  line: RehearsalLine;
  /** Holds practice-desk.yaml and the folder calls/. */
  scriptsDir: string;
  logger: Logger;
  /** The operator's servers as scripts play them; absent: the real ones are asked. */
  outbound?: ScriptedOutbound;
}

/** Lets the operator rehearse on the running app: the sample calls, and a desk to practise on. */
export class RehearsalService {
  readonly #deps: RehearsalServiceDeps;

  constructor(deps: RehearsalServiceDeps) {
    this.#deps = deps;
  }

  /** The sample calls, the plainest hand-over first; a file that is none is left out and logged. */
  async scripts(): Promise<RehearsalScript[]> {
    const { scriptsDir, logger } = this.#deps;
    const all = (await readdir(join(scriptsDir, 'calls'))).filter((file) => file.endsWith('.yaml')).sort();
    const files = [
      ...all.filter((file) => file === firstScript),
      ...all.filter((file) => file !== firstScript),
    ];
    const scripts: RehearsalScript[] = [];
    for (const file of files) {
      try {
        const { name, about } = await this.#read(file);
        scripts.push({ file, name, about });
      } catch (error) {
        logger.warn('A rehearsal call can’t be read', { file, problem: messageOf(error) });
      }
    }
    return scripts;
  }

  /**
   * Places a sample call and waits for its end. On another desk than the sample's own only what holds on any desk is
   * judged; the result says so.
   * @throws ScriptNotFoundError
   */
  async place(file: string): Promise<RehearsalResult> {
    const { core, line, outbound } = this.#deps;
    const script = await this.#read(file);
    if (this.#isOnItsOwnDesk(script)) {
      return resultOf(await runScript(script, { core, line, ...(outbound && { outbound }) }));
    }
    const run = await runOnOtherDesk(script, { core, line, ...(outbound && { outbound }) });
    const result = resultOf(run);
    return {
      ...result,
      ended: `${result.ended} (placed on your own desk, so what the sample expects of its desk was not judged)`,
    };
  }

  /**
   * Puts the practice desk in force.
   * @throws DeskInUseError when a workflow exists already.
   */
  loadPracticeDesk(): { warnings: string[] } {
    const { core, scriptsDir } = this.#deps;
    if (core.status().workflows.length > 0) throw new DeskInUseError();
    return core.applyDesk(readFileSync(practiceDeskIn(scriptsDir), 'utf8'));
  }

  async #read(file: string): Promise<Script> {
    const { scriptsDir } = this.#deps;
    if (basename(file) !== file || !file.endsWith('.yaml')) throw new ScriptNotFoundError(file);
    try {
      return readScript(await readFile(join(scriptsDir, 'calls', file), 'utf8'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new ScriptNotFoundError(file);
      }
      throw error;
    }
  }

  /** Whether what the sample expects can come true here: its integrations and workflows are in force, its servers are played, its numbers attached, and time need not be passed. */
  #isOnItsOwnDesk(script: Script): boolean {
    const { core, scriptsDir, outbound } = this.#deps;
    if (Object.keys(script.webhooks).length > 0 && outbound === undefined) return false;
    if (script.router?.some(({ thenCalls }) => (thenCalls?.after ?? 0) > 0)) return false;
    const isLive = core.status().workflows.every(({ number }) => core.numbers.whyOutOfReach(number) === null);
    if (script.attached && !isLive) return false;
    const own =
      script.desk === undefined ? readFileSync(practiceDeskIn(scriptsDir), 'utf8') : stringify(script.desk);
    return essenceOf(own) === essenceOf(core.exportDesk());
  }
}

/** The practice desk's file. */
export function practiceDeskIn(scriptsDir: string): string {
  return join(scriptsDir, 'practice-desk.yaml');
}

/** What decides how a call goes, without what calls themselves change (contacts) and what is made up (router keys). */
function essenceOf(deskYaml: string): string {
  const { integrations, groups, schedules, workflows } = parseDeskFile(deskYaml).desk;
  const withoutKeys = integrations.map(({ routerKey: _, ...rest }) => rest);
  return JSON.stringify(sorted({ integrations: withoutKeys, groups, schedules, workflows }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
