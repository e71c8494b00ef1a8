import { setTimeout as waitFor } from 'node:timers/promises';
import type { Account } from '../../../src-preload/contract/account.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import { doubled, jittered } from '../back-off.ts';
import type { AttachedNumber, AttachedNumberQueries } from '../database/attached-numbers.ts';
import { NetQueries, type NetRow } from '../database/nets.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf, ProblemError, TwilioRequestError } from '../errors.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { lookAtNumber, notAsked } from './look-at-number.ts';
import { answersFor, functionFor } from './net-answers.ts';
import type { NetAnswer, NetFunction } from './net-function.ts';
import { NetHosting } from './net-hosting.ts';
import { mayPass, netProblems } from './net-problems.ts';
import { netUrlOf, publishNet } from './publish-net.ts';
import { isNetPage } from './what-would-happen.ts';

export interface NetServiceDeps {
  twilio: TwilioRest;
  db: Db;
  numbers: Pick<AttachedNumberQueries, 'list'>;
  desk: () => CompiledDesk;
  account: () => Account | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
  /** The net answers elsewhere than attached numbers say: they want its URL as their fallback URL. */
  onMoved?: () => void;
  /** Waits this many milliseconds, or rejects as soon as the signal says so. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What the net should be for an account, and what is known of it. */
interface Plan {
  numbers: AttachedNumber[];
  row: NetRow | undefined;
  answers: NetAnswer[];
  wanted: NetFunction;
}

/** Between tries in the background: doubled from one to the next. */
const firstRetryMs = 10_000;
const longestRetryMs = 60 * 60_000;
/** A network that is gone for a moment is not worth a notice. */
const failuresBeforeNotice = 3;

/** The net: TwiML hosted in the operator's own Twilio account that dials the static numbers when this machine is gone. */
export class NetService {
  readonly #deps: NetServiceDeps;
  readonly #nets: NetQueries;
  readonly #hosting: NetHosting;
  /** What changes the net at Twilio happens one after another. */
  #last: Promise<void> = Promise.resolve();
  #queued = 0;
  #isMending = false;
  #isRunning = false;
  #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isTold = false;

  constructor(deps: NetServiceDeps) {
    this.#deps = deps;
    this.#nets = new NetQueries(deps.db);
    this.#hosting = new NetHosting(deps.twilio);
  }

  /** Asks Twilio what it would do right now if this machine vanished. A failure to ask is part of the answer. */
  async status(): Promise<Net> {
    const account = this.#deps.account();
    const attached = this.#deps.numbers.list().filter(({ state }) => state !== 'detaching');
    const none = { state: 'none', url: null, publishedAt: null, verifiedAt: null, problem: null } as const;
    if (attached.length === 0) return { ...none, numbers: [] };
    if (account === null) {
      const numbers = attached.map((number) => notAsked(number, new ProblemError(netProblems.noAccount)));
      return { ...none, problem: netProblems.noAccount, numbers };
    }
    const { accountSid } = account;
    const plan = this.#planFor(accountSid);
    const seen = { domain: plan.row?.domain ?? null, answers: plan.answers, version: plan.wanted.version };
    const numbers = await Promise.all(
      attached.map((number) =>
        number.accountSid === accountSid
          ? lookAtNumber(this.#deps, number, seen)
          : notAsked(number, new ProblemError(netProblems.otherAccount)),
      ),
    );
    if (numbers.every(({ verdict }) => verdict === 'ok')) {
      this.#nets.verified(accountSid, plan.wanted.hash, this.#deps.clock.now());
    }
    const { row, wanted } = this.#planFor(accountSid);
    if (row === undefined) return { ...none, numbers };
    return {
      state: row.state === 'published' && row.contentHash !== wanted.hash ? 'outdated' : row.state,
      url: row.domain !== null && row.contentHash !== null ? netUrlOf(row.domain) : null,
      publishedAt: row.publishedAt,
      verifiedAt: row.verifiedAt,
      problem: row.problem,
      numbers,
    };
  }

  /**
   * Publishes what the numbers that are attached, or about to be, need; does nothing when that is what is deployed.
   * @returns the fallback URL. @throws ProblemError.
   */
  async publish(onStep: (says: string) => void): Promise<string> {
    if (this.#queued > 0) onStep('Waiting for what is being done to the net already.');
    try {
      return await this.#inTurn(() => this.#publish(onStep));
    } catch (thrown) {
      this.#tryAgainLater();
      throw thrown;
    }
  }

  /** Where Twilio is to ask when Patchbay does not answer; null: nothing is known to be in force. */
  publishedUrl(): string | null {
    const accountSid = this.#deps.account()?.accountSid;
    const row = accountSid === undefined ? undefined : this.#nets.get(accountSid);
    return row?.state === 'published' && row.domain !== null ? netUrlOf(row.domain) : null;
  }

  /** The desk or the attached numbers changed: publishes again, in the background, where that changes anything. */
  refresh(): void {
    if (!this.#isRunning) return;
    this.#failures = 0;
    this.#mend();
  }

  /** Goes on with what a stop interrupted. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    this.refresh();
  }

  /** What is under way asks Twilio nothing more and is gone on with at the next start. */
  stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#stopping.abort();
    return Promise.resolve();
  }

  /** Resolves when what is being done to the net now, or is next in turn, is done or has failed. */
  idle(): Promise<void> {
    return this.#last;
  }

  warnings(): string[] {
    const accountSid = this.#deps.account()?.accountSid;
    if (accountSid === undefined) return [];
    const plan = this.#planFor(accountSid);
    const { numbers, row, wanted } = plan;
    // What is under way is no news.
    if (numbers.length === 0 && row !== undefined && this.#queued === 0) return [notRemoved];
    if (!numbers.some(({ state }) => state === 'attached')) return [];
    if (row === undefined) {
      return ['There is no net: if this computer vanished, callers would reach nobody. Publish the net.'];
    }
    if (row.state === 'failed') {
      const why = row.problem === null ? '' : ` ${row.problem.says} ${row.problem.remedy}`;
      return [`The net could not be published.${why} ${meanwhile(row, wanted)}`.trim()];
    }
    if (row.state === 'publishing') return [];
    if (row.contentHash !== wanted.hash) return [`The net is not up to date. ${meanwhile(row, wanted)}`];
    if (row.verifiedAt === null) {
      return ['The net is published, but Twilio was not yet seen to answer with it.'];
    }
    return this.#strays(plan).map(
      ({ number }) =>
        `The fallback URL of ${number} does not lead to the net yet. Patchbay sets it as soon as Twilio answers.`,
    );
  }

  #planFor(accountSid: string): Plan {
    const numbers = this.#deps.numbers.list().filter((number) => number.accountSid === accountSid);
    const row = this.#nets.get(accountSid);
    const answers = answersFor(numbers, this.#deps.desk(), row?.answers ?? []);
    return { numbers, row, answers, wanted: functionFor(answers) };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#queued++;
    const turn = this.#last.then(work);
    const over = () => {
      this.#queued--;
    };
    this.#last = turn.then(over, over);
    return turn;
  }

  async #publish(onStep: (says: string) => void): Promise<string> {
    const { clock, logger, twilio } = this.#deps;
    const { signal } = this.#stopping;
    const accountSid = this.#deps.account()?.accountSid;
    if (accountSid === undefined) throw new ProblemError(netProblems.noAccount);
    const { row: known, answers } = this.#planFor(accountSid);
    if (answers.length === 0) throw new ProblemError(netProblems.nothingToCatch);
    let row = known ?? emptyRow(accountSid);
    const save = (next: NetRow) => {
      if (signal.aborted) throw new ProblemError(netProblems.stopped);
      row = next;
      this.#nets.put(next);
    };
    try {
      const published = await publishNet(
        {
          hosting: this.#hosting,
          twilio,
          save,
          onStep,
          wait: (ms) => (this.#deps.wait ?? waitUnlessStopped)(ms, signal),
          now: () => clock.now(),
          onLeftOver: (facts) => logger.warn('The net left something behind at Twilio', facts),
        },
        row,
        answers,
      );
      logger.info('The net is published', { numbers: answers.length, serviceSid: published.serviceSid });
      return netUrlOf(published.domain ?? '');
    } catch (thrown) {
      // What a stop cut off stays "publishing": the next start goes on with it.
      if (signal.aborted) throw new ProblemError(netProblems.stopped, { cause: thrown });
      const problem = problemOf(thrown);
      save({ ...row, state: 'failed', problem });
      logger.warn('The net could not be published', { problem: messageOf(thrown) });
      throw thrown instanceof TwilioRequestError ? new ProblemError(problem, { cause: thrown }) : thrown;
    }
  }

  /** Removes the service when no number leads to it any more. */
  async #remove(row: NetRow): Promise<void> {
    const { logger } = this.#deps;
    const serviceSid = row.serviceSid ?? (await this.#hosting.findService());
    if (serviceSid !== null) {
      for (const domain of await this.#hosting.domains(serviceSid)) {
        if (!(await this.#hosting.isUsed(domain))) continue;
        logger.info('The net stays: a number that Patchbay is not attached to leads to it', { serviceSid });
        return;
      }
      await this.#hosting.remove(serviceSid);
    }
    if (this.#stopping.signal.aborted) return;
    // Another account, connected meanwhile, says of everything that it is gone.
    if (this.#deps.account()?.accountSid !== row.accountSid) return;
    this.#nets.delete(row.accountSid);
    logger.info('The net is removed: no number is attached', { serviceSid });
  }

  /** Makes the net what it should be, in the background. */
  #mend(): void {
    clearTimeout(this.#timer);
    if (this.#isMending) return;
    this.#isMending = true;
    this.#inTurn(async () => {
      this.#isMending = false;
      if (!this.#isRunning) return;
      await this.#mendNow();
      this.#failures = 0;
      this.#isTold = false;
    }).catch((thrown: unknown) => this.#couldNotMend(thrown));
  }

  async #mendNow(): Promise<void> {
    const accountSid = this.#deps.account()?.accountSid;
    if (accountSid === undefined) return;
    const { numbers, row, answers, wanted } = this.#planFor(accountSid);
    if (numbers.length === 0) {
      if (row !== undefined) await this.#remove(row);
      return;
    }
    const isDone = row?.state === 'published' && row.contentHash === wanted.hash && row.verifiedAt !== null;
    if (answers.length > 0 && !isDone) await this.#publish(() => {});
    const strays = this.#strays(this.#planFor(accountSid));
    if (strays.length > 0) this.#deps.onMoved?.();
  }

  /** Attached numbers whose fallback URL is not where the net answers, as happens when its service was deleted and made anew. */
  #strays({ numbers, row }: Plan): AttachedNumber[] {
    if (row?.state !== 'published' || row.domain === null) return [];
    const url = netUrlOf(row.domain);
    return numbers.filter(({ state, set }) => state === 'attached' && !isNetPage(set.voiceFallbackUrl, url));
  }

  #couldNotMend(thrown: unknown): void {
    if (!this.#isRunning) return;
    this.#deps.logger.warn('The net could not be brought up to date; it is tried again', {
      failures: this.#failures + 1,
      problem: messageOf(thrown),
    });
    this.#tryAgainLater();
    const { says, remedy } = problemOf(thrown);
    const isWorthIt = this.#failures >= failuresBeforeNotice || !mayPass(thrown);
    const accountSid = this.#deps.account()?.accountSid;
    if (this.#isTold || !isWorthIt || accountSid === undefined) return;
    const { numbers, row, wanted } = this.#planFor(accountSid);
    // What could not be removed costs no caller anything.
    if (numbers.length === 0) return;
    this.#isTold = true;
    this.#deps.notifier.notify({
      title: 'The net could not be published',
      body: `${says} ${remedy} ${meanwhile(row, wanted)}`.trim(),
    });
  }

  #tryAgainLater(): void {
    if (!this.#isRunning) return;
    clearTimeout(this.#timer);
    this.#failures++;
    const waitMs = jittered(doubled(this.#failures, firstRetryMs, longestRetryMs));
    this.#timer = setTimeout(() => this.#mend(), waitMs);
    this.#timer.unref();
  }
}

const notRemoved =
  'No number is attached, but what answered at Twilio for this computer (the service “patchbay-net”) may still be there. Patchbay removes it as soon as Twilio answers, unless a number leads to it.';

/** What the net does until it is what it should be; empty when that is in force already. */
function meanwhile(row: NetRow | undefined, wanted: NetFunction): string {
  if (row === undefined || row.contentHash === null) {
    return 'If this computer vanished, callers would reach nobody.';
  }
  if (row.contentHash === wanted.hash) return '';
  return 'If this computer vanished, callers would be led where the net led them before.';
}

function emptyRow(accountSid: string): NetRow {
  return {
    accountSid,
    state: 'publishing',
    serviceSid: null,
    environmentSid: null,
    functionSid: null,
    versionSid: null,
    buildSid: null,
    domain: null,
    contentHash: null,
    answers: [],
    publishedAt: null,
    verifiedAt: null,
    problem: null,
  };
}

/** Keeps no process alive. */
function waitUnlessStopped(ms: number, signal: AbortSignal): Promise<void> {
  return waitFor(ms, undefined, { ref: false, signal });
}
