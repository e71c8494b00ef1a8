import type { Account } from '../../../src-preload/contract/account.ts';
import type { NumberConfig, NumberPlan, TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber, AttachedNumberQueries } from '../database/attached-numbers.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { nullWhenGone } from '../twilio/when-gone.ts';
import { differences, driftOf, planToken, restorePlan, wantedConfig } from './number-config.ts';
import { NumberKeeper, saysOf } from './number-keeper.ts';
import { whyOutOfReach } from './number-reach.ts';
import { rowWarnings } from './number-warnings.ts';
import { NumberWatch } from './number-watch.ts';
import {
  attachWarnings,
  goneSays,
  interruptedSays,
  keptWarnings,
  netGoesSays,
  netPlaceholder,
  problems,
} from './number-words.ts';
import { type SeenNumber, TwilioNumbers } from './twilio-numbers.ts';

export interface NumberServiceDeps {
  twilio: TwilioRest;
  db: Db;
  numbers: AttachedNumberQueries;
  desk: () => CompiledDesk;
  account: () => Account | null;
  /** The public origin once it is proven, else null. */
  provenOrigin: () => string | null;
  /** Publishes the net, so that it covers every number that is attached or about to be. @returns the fallback URL. @throws ProblemError. */
  publishNet: (onStep: (says: string) => void) => Promise<string>;
  /** The fallback URL under which the net answers; null: none is known to be in force. */
  netUrl: () => string | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** The operator's Twilio numbers: attaching them to workflows, giving them back as they were, and noticing changes. */
export class NumberService {
  readonly #deps: NumberServiceDeps;
  readonly #twilio: TwilioNumbers;
  readonly #keeper: NumberKeeper;
  readonly #watch: NumberWatch;
  /** The last operation on each number that is not over yet. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** Being attached or detached right now by the operator, who sees how it goes. */
  readonly #watchedBy = new Set<string>();

  constructor(deps: NumberServiceDeps) {
    this.#deps = deps;
    this.#twilio = new TwilioNumbers(deps.twilio);
    this.#keeper = new NumberKeeper({ ...deps, twilio: this.#twilio, rows: deps.numbers });
    this.#watch = new NumberWatch({
      tend: (only) => this.#tendAll(only),
      logger: deps.logger,
    });
  }

  /** Every number of the account, and those that Patchbay holds although the account has them no more. @throws TwilioRequestError or ProblemError. */
  async list(): Promise<TwilioNumber[]> {
    const { accountSid } = this.#account();
    const askedAt = this.#deps.clock.now();
    const seen = await this.#twilio.list();
    for (const { sid, config } of seen) {
      const row = this.#rowOf(sid);
      // What Patchbay itself did to a number while Twilio answered is not drift.
      const isNews = (row?.seenAt ?? 0) <= askedAt && !this.#underWay.has(sid);
      if (row?.state === 'attached' && isNews) this.#keeper.sight(row, config);
    }
    const lost = this.#deps.numbers
      .list()
      .filter((row) => row.accountSid === accountSid && !seen.some(({ sid }) => sid === row.sid));
    return [...seen.map((number) => this.#view(number)), ...lost.map((row) => lostView(row))];
  }

  /** What attaching would change. @throws ProblemError when it can't be done, with what mends it. */
  async planAttach(sid: string, workflowId: string): Promise<NumberPlan> {
    const { seen, target, warnings } = await this.#inTurn(sid, () => this.#prepareAttach(sid, workflowId));
    return {
      sid,
      number: seen.number,
      changes: differences(seen.config, target),
      warnings,
      token: planToken('attach', sid, workflowId, seen.config),
    };
  }

  /**
   * Attaches the number as the plan said. @throws ProblemError; the number is as it was then, or the words say that
   * Patchbay goes on by itself.
   */
  attach(
    request: { sid: string; workflowId: string; token: string },
    onStep: (says: string) => void,
  ): Promise<TwilioNumber> {
    const { sid, workflowId, token } = request;
    return this.#inTurn(sid, async () => {
      onStep('Looking at the number at Twilio.');
      const { seen, origin, accountSid } = await this.#prepareAttach(sid, workflowId);
      if (token !== planToken('attach', sid, workflowId, seen.config))
        throw problems.changedSince(seen.number);
      return this.#watched(sid, async () =>
        this.#view(await this.#keeper.attach({ seen, accountSid, workflowId, origin }, onStep)),
      );
    });
  }

  /** What detaching would set back, and what it would leave. @throws ProblemError. */
  async planDetach(sid: string): Promise<NumberPlan> {
    const { row, seen } = await this.#inTurn(sid, () => this.#prepareDetach(sid));
    const { number } = row;
    const token = planToken('detach', sid, row.workflowId, seen?.config ?? null);
    if (seen === null) {
      const says = `${goneSays(number)} Detaching only forgets it here.`;
      return { sid, number, changes: [], warnings: [says], token };
    }
    const { changes, kept } = restorePlan(row, seen.config);
    const warnings = [...keptWarnings(kept), ...(this.#isLast(row) ? [netGoesSays] : [])];
    return { sid, number, changes, warnings, token };
  }

  /** Gives the number back as it was before. @throws ProblemError, with what becomes of the number. */
  detach(request: { sid: string; token: string }, onStep: (says: string) => void): Promise<TwilioNumber> {
    const { sid, token } = request;
    return this.#inTurn(sid, async () => {
      onStep('Looking at the number at Twilio.');
      const { row, seen } = await this.#prepareDetach(sid);
      if (token !== planToken('detach', sid, row.workflowId, seen?.config ?? null))
        throw problems.changedSince(row.number);
      const isLast = this.#isLast(row);
      if (seen === null) {
        this.#deps.numbers.delete(sid);
        onStep(`${goneSays(row.number)} Patchbay has forgotten it.`);
        if (isLast) onStep(netGoesSays);
        return { ...lostView(row), attachment: null };
      }
      return this.#watched(sid, async () => {
        const { seen: after, kept } = await this.#keeper.detach(row, seen, onStep);
        for (const says of keptWarnings(kept)) onStep(says);
        if (isLast) onStep(netGoesSays);
        return this.#view(after);
      });
    });
  }

  /** What repairing would overwrite. @throws ProblemError. */
  async planRepair(sid: string): Promise<NumberPlan> {
    const { row, seen } = await this.#inTurn(sid, () => this.#prepareRepair(sid));
    return {
      sid,
      number: row.number,
      changes: differences(seen.config, this.#keeper.repaired(row)),
      warnings: [],
      token: planToken('repair', sid, row.workflowId, seen.config),
    };
  }

  /** Puts Patchbay's settings back where someone changed them, as the plan said. @throws ProblemError. */
  repair({ sid, token }: { sid: string; token: string }): Promise<TwilioNumber> {
    return this.#inTurn(sid, async () => {
      const { row, seen } = await this.#prepareRepair(sid);
      if (token !== planToken('repair', sid, row.workflowId, seen.config))
        throw problems.changedSince(row.number);
      return this.#watched(sid, async () => this.#view(await this.#keeper.repair(row, seen)));
    });
  }

  /**
   * The public URL, the net's or the desk is another one: attached numbers follow, and nothing that someone else set is
   * touched. Never rejects; what failed is tried again.
   */
  repoint(): Promise<void> {
    return this.#watch.look((row) => this.#keeper.isElsewhere(row) || this.#followed(row) !== row);
  }

  /** Finishes or undoes what a stop interrupted, then looks for drift from time to time. */
  start(): void {
    this.#watch.start();
  }

  stop(): void {
    this.#watch.stop();
  }

  /** Looks at every attached number now, as `start` does from time to time. Never rejects; what failed is tried again. */
  look(): Promise<void> {
    return this.#watch.look();
  }

  /**
   * Why a call to this number (E.164) would not come to Patchbay at this moment: what follows "because" in a sentence; null:
   * it would, as far as is known.
   */
  whyOutOfReach(number: string): string | null {
    const { numbers, account, provenOrigin } = this.#deps;
    const row = numbers.list().find((held) => held.number === number);
    return whyOutOfReach(row, { account: account(), origin: provenOrigin() });
  }

  /** Plain sentences about numbers that are half attached or were changed by someone. */
  warnings(): string[] {
    const { numbers, account, desk } = this.#deps;
    const accountSid = account()?.accountSid ?? null;
    return numbers
      .list()
      .filter(({ sid }) => !this.#watchedBy.has(sid))
      .flatMap((row) => rowWarnings(row, { accountSid, isElsewhere: this.#keeper.isElsewhere(row) }, desk()));
  }

  async #prepareAttach(sid: string, workflowId: string) {
    const account = this.#account();
    const workflow = this.#deps.desk().workflowById.get(workflowId);
    if (workflow === undefined) throw problems.unknownWorkflow(workflowId);
    const row = await this.#settledRow(sid);
    if (row !== undefined) throw problems.alreadyAttached(row);
    const seen = await this.#fetch(sid);
    if (seen === null) throw problems.noSuchNumber();
    const other = this.#deps.numbers.list().find((held) => held.sid === sid || held.number === seen.number);
    if (other !== undefined) throw problems.heldElsewhere(other);
    if (seen.number !== workflow.number) throw problems.otherNumber(seen, workflow);
    if (!seen.voice) throw problems.noVoice(seen);
    const origin = this.#deps.provenOrigin();
    if (origin === null) throw problems.noProvenOrigin();
    const target = wantedConfig(origin, this.#fallbackUrl(account.accountSid) ?? netPlaceholder);
    const warnings = attachWarnings(seen.config, account, origin);
    return { seen, origin, target, warnings, accountSid: account.accountSid };
  }

  /** @returns null for `seen` when the account has the number no more. */
  async #prepareDetach(sid: string): Promise<{ row: AttachedNumber; seen: SeenNumber | null }> {
    this.#account();
    const row = await this.#settledRow(sid);
    if (row === undefined) throw problems.notAttached();
    return { row, seen: await this.#fetch(sid) };
  }

  /** The number's row once nothing is half done. @throws ProblemError while something is. */
  async #settledRow(sid: string): Promise<AttachedNumber | undefined> {
    const row = this.#rowOf(sid);
    if (row === undefined || row.state === 'attached') return row;
    await this.#keeper.tend(row).catch((thrown: unknown) => {
      throw problems.unfinished(this.#rowOf(sid) ?? row, thrown);
    });
    return this.#rowOf(sid);
  }

  #fetch(sid: string): Promise<SeenNumber | null> {
    return nullWhenGone(this.#twilio.fetch(sid));
  }

  /** The net is one for the account, so another attached number tells where it is. */
  #fallbackUrl(accountSid: string): string | undefined {
    return this.#deps.numbers
      .list()
      .find(
        (row) => row.accountSid === accountSid && row.state === 'attached' && row.set.voiceFallbackUrl !== '',
      )?.set.voiceFallbackUrl;
  }

  /** Goes through the rows of the account that is connected. @returns whether one must be looked at again soon. */
  async #tendAll(only: (row: AttachedNumber) => boolean): Promise<boolean> {
    const { numbers, account, logger } = this.#deps;
    const rows = numbers.list().filter(only);
    const accountSid = account()?.accountSid;
    let isUnfinished = rows.length > 0 && accountSid === undefined;
    for (const { sid, number } of rows.filter((row) => row.accountSid === accountSid)) {
      try {
        await this.#inTurn(sid, async () => {
          const row = this.#rowOf(sid);
          if (row === undefined) return;
          const followed = this.#followed(row);
          if (followed !== row) numbers.put(followed);
          await this.#keeper.tend(followed);
        });
      } catch (thrown) {
        isUnfinished = true;
        logger.warn('A number could not be looked after', { number, problem: saysOf(thrown) });
      }
    }
    return isUnfinished;
  }

  /** What fails halfway is gone on with soon. */
  async #watched<T>(sid: string, work: () => Promise<T>): Promise<T> {
    this.#watchedBy.add(sid);
    try {
      const done = await work();
      // The net may be at another address than the one that other numbers have.
      void this.repoint();
      return done;
    } catch (thrown) {
      this.#watch.soon();
      throw thrown;
    } finally {
      this.#watchedBy.delete(sid);
    }
  }

  /** One operation at a time for each number. */
  #inTurn<T>(sid: string, work: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(sid) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => {},
      () => {},
    );
    this.#underWay.set(sid, settled);
    void settled.then(() => {
      if (this.#underWay.get(sid) === settled) this.#underWay.delete(sid);
    });
    return mine;
  }

  async #prepareRepair(sid: string): Promise<{ row: AttachedNumber; seen: SeenNumber }> {
    const { row, seen } = await this.#prepareDetach(sid);
    if (seen === null) throw problems.noSuchNumber();
    return { row, seen };
  }

  #isLast({ sid, accountSid }: AttachedNumber): boolean {
    return !this.#deps.numbers.list().some((row) => row.accountSid === accountSid && row.sid !== sid);
  }

  /** The workflow that has the number by the desk answers its calls, so it is that one which the number is attached to. */
  #followed(row: AttachedNumber): AttachedNumber {
    const workflow = this.#deps.desk().workflowByNumber.get(row.number);
    const isAnother = row.state === 'attached' && workflow !== undefined && workflow.id !== row.workflowId;
    return isAnother ? { ...row, workflowId: workflow.id } : row;
  }

  /** The row, if it belongs to the connected account. */
  #rowOf(sid: string): AttachedNumber | undefined {
    const row = this.#deps.numbers.get(sid);
    return row?.accountSid === this.#deps.account()?.accountSid ? row : undefined;
  }

  #account(): Account {
    const account = this.#deps.account();
    if (account === null) throw problems.noAccount();
    return account;
  }

  #view(seen: SeenNumber): TwilioNumber {
    const row = this.#rowOf(seen.sid);
    if (row === undefined) return { ...seen, attachment: null };
    const attachment = attachmentOf(row, seen.config);
    const isInterrupted = row.state !== 'attached' && !this.#watchedBy.has(row.sid);
    if (isInterrupted) attachment.problem ??= interruptedSays;
    return { ...seen, attachment };
  }
}

function attachmentOf(row: AttachedNumber, seen: NumberConfig): NonNullable<TwilioNumber['attachment']> {
  const { workflowId, state, since, problem } = row;
  return { workflowId, state, since, problem, drift: state === 'attached' ? driftOf(row, seen) : [] };
}

/** A number that is in the database and no longer in the account. */
function lostView(row: AttachedNumber): TwilioNumber {
  const config = row.seen ?? row.set;
  const attachment = { ...attachmentOf(row, row.set), problem: goneSays(row.number) };
  return { sid: row.sid, number: row.number, name: row.number, voice: true, config, attachment };
}
