import type { ConfigChange, NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber, AttachedNumberQueries } from '../database/attached-numbers.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import { asProblem } from '../twilio/error-catalogue.ts';
import { isPassing } from '../twilio/is-passing.ts';
import { isGone } from '../twilio/when-gone.ts';
import {
  type Addresses,
  addressesAt,
  asTwilioSpellsIt,
  differences,
  driftOf,
  holds,
  holdsAll,
  moveTo,
  mustMove,
  recoverFrom,
  restorePlan,
  toSend,
  wantedConfig,
} from './number-config.ts';
import { driftSays, elsewhereSays, goneSays, namesOf, problems } from './number-words.ts';
import type { SeenNumber, TwilioNumbers } from './twilio-numbers.ts';

export type OnStep = (says: string) => void;

export interface NumberKeeperDeps {
  twilio: TwilioNumbers;
  rows: AttachedNumberQueries;
  provenOrigin: () => string | null;
  netUrl: () => string | null;
  publishNet: (onStep: OnStep) => Promise<string>;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** What a number is like after it was given back. */
export interface GivenBack {
  seen: SeenNumber;
  /** What someone else had changed meanwhile, and so was left. */
  kept: ConfigChange[];
}

/**
 * Changes numbers at Twilio so that every step can be explained and mended later: what is about to be done is in the
 * database before Twilio is asked, and what Twilio shows afterwards decides what came of it, not what it answered. One
 * operation at a time for each number: the caller sees to that.
 */
export class NumberKeeper {
  readonly #deps: NumberKeeperDeps;

  constructor(deps: NumberKeeperDeps) {
    this.#deps = deps;
  }

  /** Attaches a number that is as `seen`. When it fails, the number is as it was, or the row says what is left to do. @throws ProblemError. */
  async attach(
    at: { seen: SeenNumber; accountSid: string; workflowId: string; origin: string },
    onStep: OnStep,
  ): Promise<SeenNumber> {
    const { rows, clock } = this.#deps;
    const { seen, accountSid, workflowId, origin } = at;
    const begun: AttachedNumber = {
      sid: seen.sid,
      accountSid,
      number: seen.number,
      workflowId,
      state: 'attaching',
      since: clock.now(),
      before: seen.config,
      set: wantedConfig(origin, ''),
      seen: seen.config,
      seenAt: clock.now(),
      problem: null,
    };
    rows.put(begun);
    let fallbackUrl: string;
    try {
      onStep('Publishing at Twilio what answers when this machine is gone.');
      fallbackUrl = await this.#deps.publishNet(onStep);
      await this.#assureUnchanged(seen);
    } catch (thrown) {
      // Twilio was told nothing of the number yet.
      this.#quietly(() => rows.delete(seen.sid));
      throw thrown;
    }
    const row = { ...begun, set: wantedConfig(origin, fallbackUrl) };
    rows.put(row);
    const changes = differences(seen.config, row.set);
    if (changes.length > 0) onStep(`Setting ${namesOf(changes)} of ${seen.number}.`);
    const after = await this.#changeOrLeave(row, changes);
    if (holdsAll(row.set, after.seen.config)) {
      this.#keepAttached(row, after.seen.config);
      onStep(`${seen.number} is attached: Patchbay answers it.`);
      return after.seen;
    }
    onStep('That did not work: the number goes back to how it was.');
    await this.giveBack(row, after.seen);
    throw after.refusal ?? problems.notTaken(seen.number, differences(after.seen.config, row.set), seen.sid);
  }

  /** Begins and, where it can, finishes giving a number back. @throws ProblemError. */
  async detach(attached: AttachedNumber, seen: SeenNumber, onStep: OnStep): Promise<GivenBack> {
    const row: AttachedNumber = { ...attached, state: 'detaching', problem: null };
    this.#deps.rows.put(row);
    const { changes } = restorePlan(row, seen.config);
    if (changes.length > 0)
      onStep(`Setting ${namesOf(changes)} of ${row.number} back to what was there before.`);
    const givenBack = await this.giveBack(row, seen);
    onStep(`${row.number} is detached.`);
    return givenBack;
  }

  /**
   * Puts Patchbay's own settings back to what was there before, makes sure of it and forgets the number.
   * @throws ProblemError when Twilio can't be reached or refuses; the row then says what is left to do.
   */
  async giveBack(row: AttachedNumber, seen: SeenNumber): Promise<GivenBack> {
    const { rows } = this.#deps;
    const plan = restorePlan(row, seen.config);
    if (plan.changes.length === 0) {
      rows.delete(row.sid);
      return { seen, kept: plan.kept };
    }
    const after = await this.#changeOrLeave(row, plan.changes);
    const rest = restorePlan(row, after.seen.config);
    if (rest.changes.length === 0) {
      rows.delete(row.sid);
      return { seen: after.seen, kept: rest.kept };
    }
    const cause = after.refusal ?? problems.notTaken(row.number, rest.changes, row.sid);
    if (row.state !== 'detaching' || isPassing(cause)) throw this.#leave(row, cause);
    // Nothing was taken back, so calls are still answered here; the row must not claim anything else.
    const problem = problems.cannotRestore(row, rest.changes, saysOf(cause), cause);
    rows.put({ ...row, state: 'attached', problem: problem.message });
    throw problem;
  }

  /**
   * Looks at a number: finishes or undoes what was interrupted, follows the public address and the net's, notices drift.
   * @throws what kept it from that; the row says so too.
   */
  async tend(row: AttachedNumber): Promise<void> {
    const { rows } = this.#deps;
    let seen: SeenNumber;
    try {
      seen = await this.#deps.twilio.fetch(row.sid);
    } catch (thrown) {
      if (isGone(thrown)) return this.#gone(row);
      throw row.state === 'attached' ? thrown : this.#leave(row, thrown);
    }
    if (row.state !== 'attached') seen = await this.#recover(row, seen);
    const attached = rows.get(row.sid);
    if (attached?.state !== 'attached') return;
    if (this.isElsewhere(attached)) await this.#move(attached, seen);
    else this.sight(attached, seen.config);
  }

  /** Whether an attached number leads, or may lead, to where Patchbay or the net was before. */
  isElsewhere(row: AttachedNumber): boolean {
    return row.state === 'attached' && mustMove(row, this.#addresses());
  }

  /** What repairing sets, with the addresses that are right today. */
  repaired(row: AttachedNumber): NumberConfig {
    return { ...row.set, ...this.#addresses() };
  }

  /** Keeps how an attached number was seen, and tells the operator of drift that is new. */
  sight(row: AttachedNumber, config: NumberConfig): void {
    const { rows, clock, notifier, logger } = this.#deps;
    const known = row.seen === null ? [] : driftOf(row, row.seen);
    const drift = driftOf(row, config);
    const isNew = drift.some(
      ({ setting, now }) => !known.some((before) => before.setting === setting && before.now === now),
    );
    const problem = row.problem === goneSays(row.number) ? null : row.problem;
    rows.put({ ...row, seen: config, seenAt: clock.now(), problem });
    if (!isNew) return;
    logger.warn('An attached number was changed at Twilio', {
      number: row.number,
      settings: drift.map(({ setting }) => setting),
    });
    notifier.notify({ title: 'An attached number was changed', body: driftSays(row.number, drift) });
  }

  /** Puts Patchbay's settings back into a number that is as `seen`. @throws ProblemError. */
  async repair(row: AttachedNumber, seen: SeenNumber): Promise<SeenNumber> {
    const { rows, publishNet, logger } = this.#deps;
    try {
      await publishNet(() => {});
    } catch (thrown) {
      // The other settings are worth mending all the same; the net says itself what it lacks.
      logger.warn('The net could not be published while a number was repaired', { problem: saysOf(thrown) });
    }
    await this.#assureUnchanged(seen);
    const set = this.repaired(row);
    rows.put({ ...row, set, earlier: [row.set, ...(row.earlier ?? [])] });
    const after = await this.#change(row.sid, differences(seen.config, set));
    if (!holdsAll(set, after.seen.config))
      throw after.refusal ?? problems.notTaken(row.number, differences(after.seen.config, set), row.sid);
    this.#keepAttached({ ...row, set }, after.seen.config);
    return after.seen;
  }

  async #recover(row: AttachedNumber, seen: SeenNumber): Promise<SeenNumber> {
    const { notifier, logger } = this.#deps;
    const { number, state } = row;
    const recovery = recoverFrom(row, seen.config);
    if (recovery.kind === 'restore') {
      const { kept, seen: after } = await this.giveBack(row, seen);
      logger.info('An interrupted change of a number was undone or finished', { number, state });
      const what = state === 'attaching' ? 'was not attached' : 'is detached';
      const isAsBefore =
        kept.length === 0 ? 'It is as it was before.' : 'What someone changed meanwhile stays.';
      notifier.notify({ title: `${number} ${what}`, body: `That was interrupted. ${isAsBefore}` });
      return after;
    }
    let fallbackUrl: string;
    try {
      fallbackUrl = await this.#deps.publishNet(() => {});
    } catch (thrown) {
      throw this.#leave(row, thrown);
    }
    let after = seen;
    const finished = { ...row, set: { ...row.set, voiceFallbackUrl: fallbackUrl } };
    if (!holds('voiceFallbackUrl', fallbackUrl, seen.config.voiceFallbackUrl)) {
      const moving = { ...finished, earlier: [row.set] };
      this.#deps.rows.put(moving);
      after = (await this.#changeOrLeave(moving, differences(seen.config, finished.set))).seen;
      if (!holdsAll(finished.set, after.config)) {
        const missing = differences(after.config, finished.set);
        throw this.#leave(moving, problems.notTaken(number, missing, row.sid));
      }
    }
    this.#keepAttached(finished, after.config);
    logger.info('Attaching a number was finished after an interruption', { number });
    notifier.notify({ title: `${number} is attached`, body: 'That was interrupted, and is finished now.' });
    return after;
  }

  async #move(row: AttachedNumber, seen: SeenNumber): Promise<void> {
    const { rows, logger, clock } = this.#deps;
    const { set, earlier, changes } = moveTo(this.#addresses(), row, seen.config);
    const moving: AttachedNumber = { ...row, set, earlier, seen: seen.config, seenAt: clock.now() };
    rows.put(moving);
    let after: { seen: SeenNumber; refusal: unknown };
    try {
      after = await this.#change(row.sid, changes);
      const missing = changes.filter(
        ({ setting, patchbay }) => !holds(setting, patchbay, after.seen.config[setting]),
      );
      if (missing.length > 0) throw after.refusal ?? problems.notTaken(row.number, missing, row.sid);
    } catch (thrown) {
      this.#quietly(() => rows.put({ ...moving, problem: elsewhereSays(row.number, saysOf(thrown)) }));
      throw thrown;
    }
    const { config } = after.seen;
    const moved = { ...moving, set: asTwilioSpellsIt(set, config), earlier: [], problem: null };
    rows.put(moved);
    logger.info('An attached number follows the public address and the net', { number: row.number });
    this.sight(moved, config);
  }

  #addresses(): Addresses {
    const origin = this.#deps.provenOrigin();
    const voiceFallbackUrl = this.#deps.netUrl();
    return {
      ...(origin !== null && addressesAt(origin)),
      ...(voiceFallbackUrl !== null && { voiceFallbackUrl }),
    };
  }

  /** Publishing can take minutes, and nothing is overwritten that the operator was not shown. @throws ProblemError. */
  async #assureUnchanged(seen: SeenNumber): Promise<void> {
    const now = await this.#deps.twilio.fetch(seen.sid);
    if (differences(now.config, seen.config).length > 0) throw problems.changedSince(seen.number);
  }

  #gone(row: AttachedNumber): void {
    const { rows, notifier, logger } = this.#deps;
    const problem = goneSays(row.number);
    if (row.problem === problem) return;
    if (row.state === 'attached') rows.put({ ...row, problem });
    else rows.delete(row.sid);
    logger.warn('A number is no longer in the account', { number: row.number, state: row.state });
    notifier.notify({ title: 'A number is gone', body: problem });
  }

  /** Asks for the changes and looks what came of them. @throws what failed when Twilio can't be asked for that either. */
  async #change(
    sid: string,
    changes: readonly ConfigChange[],
  ): Promise<{ seen: SeenNumber; refusal: unknown }> {
    let refusal: unknown;
    try {
      if (changes.length > 0) await this.#deps.twilio.change(sid, toSend(changes));
    } catch (thrown) {
      refusal = thrown;
    }
    try {
      return { seen: await this.#deps.twilio.fetch(sid), refusal };
    } catch (thrown) {
      throw isGone(thrown) ? thrown : (refusal ?? thrown);
    }
  }

  async #changeOrLeave(row: AttachedNumber, changes: readonly ConfigChange[]) {
    try {
      return await this.#change(row.sid, changes);
    } catch (thrown) {
      if (!isGone(thrown)) throw this.#leave(row, thrown);
      this.#gone(row);
      throw problems.noSuchNumber();
    }
  }

  /** The row stays as it is, with the reason: the next look goes on with it. @returns what to throw. */
  #leave(row: AttachedNumber, thrown: unknown) {
    const why = saysOf(thrown);
    this.#quietly(() => this.#deps.rows.put({ ...row, problem: why }));
    return problems.leftHalf(row, why, thrown);
  }

  #keepAttached(row: AttachedNumber, config: NumberConfig): void {
    this.#deps.rows.put({
      ...row,
      state: 'attached',
      set: asTwilioSpellsIt(row.set, config),
      earlier: [],
      seen: config,
      seenAt: this.#deps.clock.now(),
      problem: null,
    });
  }

  /** While Patchbay stops, the database is closed already: what the row says then is what the next start goes by. */
  #quietly(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.#deps.logger.warn('What became of a number could not be kept', { problem: messageOf(thrown) });
    }
  }
}

/** The operator's words for what was thrown. */
export function saysOf(thrown: unknown): string {
  return asProblem(thrown)?.says ?? messageOf(thrown);
}
