import { randomUUID } from 'node:crypto';
import type { CallView, DialResult } from '../../../src-preload/contract/calls.ts';
import { standardPromise } from '../../../src-preload/contract/desk.ts';
import type {
  Callback,
  CallbackPromise,
  PromiseCounts,
  PromiseEnding,
} from '../../../src-preload/contract/promises.ts';
import type { CallLog } from '../calls/call-log.ts';
import { caseNumberOf, fillIn } from '../calls/fill-in.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { Db } from '../database/open-database.ts';
import { type KeptPromise, PromiseQueries } from '../database/promises.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf, ProblemError, TwilioRequestError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock, Logger, Notifier, TextSender } from '../ports.ts';
import { wordsOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { callbackTime, operatorTimeZone } from './callback-time.ts';
import { type CallbackEnd, Callbacks, noWayToPatchbay } from './callbacks.ts';
import { promiseState } from './promise-state.ts';

export interface PromiseServiceDeps {
  db: Db;
  recorder: Pick<Recorder, 'write'>;
  log: Pick<CallLog, 'append' | 'subscribe'>;
  desk: () => CompiledDesk;
  texts: TextSender;
  twilio: TwilioRest;
  /** The public origin once it is proven, else null. */
  provenOrigin: () => string | null;
  /** Where the TwiML leads that answers a webhook. */
  origin: () => string;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
  /** How time passes between two looks at a call back; a test brings its own. */
  wait?: (ms: number) => Promise<void>;
}

/** A broken promise is noticed within this time. */
const lookEveryMs = 60_000;

/** There is no such promise (any more). */
export class UnknownPromiseError extends Error {
  override readonly name = 'UnknownPromiseError';
  readonly promiseId: string;

  constructor(promiseId: string) {
    super(`there is no promise "${promiseId}"`);
    this.promiseId = promiseId;
  }
}

/**
 * The call backs that callers who reached nobody were promised: told by text, kept on the operator's list, called back
 * with one click, and counted.
 */
export class PromiseService {
  readonly #deps: PromiseServiceDeps;
  readonly #promises: PromiseQueries;
  readonly #callbacks: Callbacks;
  readonly #making = new Map<string, Promise<boolean>>();
  readonly #ringing = new Map<string, Promise<Callback>>();
  readonly #ending = new Map<string, Promise<void>>();
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: PromiseServiceDeps) {
    this.#deps = deps;
    this.#promises = new PromiseQueries(deps.db);
    this.#callbacks = new Callbacks({
      ...deps,
      promiseOf: (promiseId) => {
        const promise = this.#promises.get(promiseId);
        return promise && { promise, language: this.#languageOf(promise) };
      },
      onReached: (promiseId) => this.#soon(this.#keep(promiseId, 'called-back')),
    });
  }

  start(): void {
    this.#noteLostTexts();
    this.#unsubscribe = this.#deps.log.subscribe((update) => {
      if (update.kind === 'event' && update.event.fact.type === 'ended') this.#callEnded(update.call);
    });
    this.#timer = setInterval(() => this.remind(), lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#unsubscribe();
    clearInterval(this.#timer);
    this.#callbacks.stop();
  }

  /**
   * Promises the caller of this call a call back and texts the time; once a call. Never rejects.
   * @returns whether the caller was told.
   */
  make(call: CallView): Promise<boolean> {
    const underWay = this.#making.get(call.id);
    if (underWay !== undefined) return underWay;
    const making = this.#make(call)
      .catch((thrown: unknown) => {
        this.#deps.logger.error('A call back could not be promised', {
          callId: call.id,
          problem: messageOf(thrown),
        });
        return false;
      })
      .finally(() => this.#making.delete(call.id));
    this.#making.set(call.id, making);
    return making;
  }

  /** Those still to be kept, the one due first at the top; then the others, the newest first. */
  list(limit: number): CallbackPromise[] {
    return this.#promises.list(limit).map((promise) => this.#shown(promise));
  }

  /** The one that was made in this call; null: none was. */
  ofCall(callId: string): CallbackPromise | null {
    const promise = this.#promises.ofCall(callId);
    return promise === undefined ? null : this.#shown(promise);
  }

  /** How many of those made since `since` (Unix milliseconds) stand how. */
  counts(since: number): PromiseCounts {
    return this.#promises.counts(since, this.#deps.clock.now());
  }

  /**
   * Rings the operator, then the caller. A second request while it rings watches the first.
   * @param operator the phone to ring, E.164; absent: the integration's static number
   * @throws UnknownPromiseError, or ProblemError when it can't be done
   */
  callBack(
    promiseId: string,
    operator: string | undefined,
    onStep: (says: string) => void,
  ): Promise<Callback> {
    const underWay = this.#ringing.get(promiseId);
    if (underWay !== undefined) return underWay;
    const ringing = this.#callBack(this.#get(promiseId), operator, onStep).finally(() =>
      this.#ringing.delete(promiseId),
    );
    this.#ringing.set(promiseId, ringing);
    return ringing;
  }

  /** The operator has reached the caller in another way: all that they were promised is kept. @throws UnknownPromiseError. */
  async mark(promiseId: string): Promise<CallbackPromise> {
    this.#get(promiseId);
    await this.#keep(promiseId, 'marked');
    return this.#shown(this.#get(promiseId));
  }

  /** `<Gather action>` of a call back. @returns TwiML. */
  keyPressed(token: string, digits: string): string {
    return this.#callbacks.keyPressed(token, digits);
  }

  callerLeg(token: string, status: string): void {
    this.#callbacks.callerLeg(token, status);
  }

  /** `<Dial action>` of a call back. @returns TwiML. */
  dialEnded(token: string, result: DialResult): string {
    return this.#callbacks.dialEnded(token, result);
  }

  /** Tells the operator of promises that were broken since the last look; each once, restarts included. */
  remind(): void {
    const { clock, notifier, logger } = this.#deps;
    try {
      for (const { number, contactName, caseNumber, callId } of this.#promises.takeBroken(clock.now())) {
        notifier.notify({
          title: `${contactName ?? number} still waits for your call`,
          body: `The promised time has passed (case ${caseNumber}).`,
          callId,
        });
      }
    } catch (thrown) {
      logger.error('Broken promises could not be looked up', { problem: messageOf(thrown) });
    }
  }

  async #make(call: CallView): Promise<boolean> {
    const { log, recorder, texts, desk, clock } = this.#deps;
    if (call.from === null) return false;
    if (call.promise !== null) return call.promise.told;
    const integrationId = integrationIdOf(call);
    const integration =
      integrationId === null ? undefined : desk().integrationById.get(integrationId)?.integration;
    const settings = integration?.promise ?? standardPromise;
    const madeAt = clock.now();
    const dueAt = madeAt + settings.withinMinutes * 60_000;
    const caseNumber = caseNumberOf(call);
    const promise: KeptPromise = {
      id: randomUUID(),
      callId: call.id,
      integrationId,
      number: call.from,
      called: call.to,
      contactName: call.contact.name,
      reason: call.transfer?.reason ?? '',
      caseNumber,
      madeAt,
      dueAt,
      messageSid: null,
      textProblem: null,
      endedAt: null,
      endedBy: null,
      attempts: 0,
    };
    await Promise.all([
      recorder.write(() => this.#promises.add(promise)),
      log.append(call.id, { type: 'promise.made', caseNumber, dueAt }),
    ]);
    const body = fillIn(settings.body, {
      ...call.form,
      caseNumber,
      callbackTime: callbackTime(dueAt, madeAt, this.#languageOf(promise), operatorTimeZone(desk().desk)),
    });
    let messageSid: string;
    try {
      messageSid = (await texts.send({ from: call.to, to: call.from, body })).sid;
    } catch (thrown) {
      const isUnknown = thrown instanceof TwilioRequestError && thrown.uncertain;
      await this.#textFailed(promise, wordsOf(thrown), isUnknown);
      return false;
    }
    await Promise.all([
      recorder.write(() => this.#promises.textSent(promise.id, messageSid)),
      log.append(call.id, { type: 'promise.text-sent', messageSid }),
    ]);
    this.#tellOperator(promise);
    return true;
  }

  /** @param isUnknown it may have gone out all the same */
  async #textFailed(promise: KeptPromise, problem: string, isUnknown: boolean): Promise<void> {
    const { log, recorder } = this.#deps;
    await Promise.all([
      recorder.write(() => this.#promises.textFailed(promise.id, problem)),
      log.append(promise.callId, { type: 'promise.text-failed', problem }),
    ]);
    this.#tellOperator(
      promise,
      isUnknown ? 'It is not known whether the text went out.' : 'The text did not go out.',
    );
  }

  /** Patchbay stopped while these texts were under way. They are never sent again: the caller may have them. */
  #noteLostTexts(): void {
    const problem = 'Patchbay was stopped while it sent the text, so it is not known whether it went out.';
    for (const promise of this.#promises.withoutNewsOfText()) {
      this.#textFailed(promise, problem, true).catch((thrown: unknown) => {
        this.#deps.logger.error('A text that was lost could not be noted', {
          callId: promise.callId,
          problem: messageOf(thrown),
        });
      });
    }
  }

  #tellOperator(promise: KeptPromise, textTrouble = ''): void {
    const { contactName, number, reason, dueAt, caseNumber, callId } = promise;
    const { notifier, desk, clock } = this.#deps;
    const time = callbackTime(dueAt, clock.now(), 'en-US', operatorTimeZone(desk().desk));
    notifier.notify({
      title: `Call back ${contactName ?? number} by ${time}`,
      body: [textTrouble, reason, `Case ${caseNumber}`].filter((part) => part !== '').join(' · '),
      callId,
    });
  }

  /** Of the workflow that was called. */
  #languageOf({ called }: KeptPromise): string {
    return this.#deps.desk().workflowByNumber.get(called)?.language ?? 'en-US';
  }

  async #callBack(
    promise: KeptPromise,
    chosen: string | undefined,
    onStep: (says: string) => void,
  ): Promise<Callback> {
    const { desk, provenOrigin, recorder } = this.#deps;
    if (promise.endedAt !== null) throw new ProblemError(alreadyReached);
    const operator =
      chosen ?? desk().integrationById.get(promise.integrationId ?? '')?.integration.staticNumber;
    if (operator === undefined) throw new ProblemError(noPhoneToRing);
    if (operator === promise.number) throw new ProblemError(ringsItself);
    if (desk().workflowByNumber.has(operator)) throw new ProblemError(ringsPatchbay);
    if (provenOrigin() === null) throw new ProblemError(noWayToPatchbay);
    await recorder.write(() => this.#promises.tried(promise.id));
    const language = this.#languageOf(promise);
    const plan = { promise, operator, language, attempt: promise.attempts + 1 };
    const end: CallbackEnd = await this.#callbacks.run(plan, onStep);
    if (end.reached) await this.#keep(promise.id, 'called-back');
    onStep(end.says);
    return { ...end, promise: this.#shown(this.#get(promise.id)) };
  }

  /** The caller of a promise was reached. Told twice, it counts once. */
  async #keep(promiseId: string, by: PromiseEnding): Promise<void> {
    const promise = this.#promises.get(promiseId);
    if (promise === undefined || promise.endedAt !== null) return;
    await this.#callerReached(promise.number, promise.integrationId, by);
  }

  /** A caller who reaches a person of the same integration after all, in the same call or a later one, needs no call back. */
  #callEnded(call: CallView): void {
    if (call.from === null || call.outcome !== 'human-on-the-line') return;
    this.#soon(this.#callerReached(call.from, integrationIdOf(call), 'caller-called'));
  }

  /** Whoever called three times was promised three call backs, and one conversation keeps them all. */
  async #callerReached(number: string, integrationId: string | null, by: PromiseEnding): Promise<void> {
    const open = this.#promises.openOf(number).filter((promise) => promise.integrationId === integrationId);
    await Promise.all(open.map((promise) => this.#end(promise, by)));
  }

  /** Ends an open promise; a second end while the first is written waits for it. */
  #end({ id, callId }: KeptPromise, by: PromiseEnding): Promise<void> {
    const underWay = this.#ending.get(id);
    if (underWay !== undefined) return underWay;
    const { recorder, log, clock } = this.#deps;
    const at = clock.now();
    const ending = Promise.all([
      recorder.write(() => this.#promises.end(id, at, by)),
      log.append(callId, { type: 'promise.ended', by }),
    ])
      .then(() => undefined)
      .finally(() => this.#ending.delete(id));
    this.#ending.set(id, ending);
    return ending;
  }

  #soon(noted: Promise<void>): void {
    noted.catch((thrown: unknown) => {
      this.#deps.logger.error('A kept promise could not be noted', { problem: messageOf(thrown) });
    });
  }

  #get(promiseId: string): KeptPromise {
    const promise = this.#promises.get(promiseId);
    if (promise === undefined) throw new UnknownPromiseError(promiseId);
    return promise;
  }

  #shown({ integrationId: _, messageSid: __, ...promise }: KeptPromise): CallbackPromise {
    return { ...promise, state: promiseState(promise, this.#deps.clock.now()) };
  }
}

/** The integration that decided about the call, or would have. */
function integrationIdOf({ decision, safetyNet }: CallView): string | null {
  return decision?.integrationId ?? safetyNet?.integrationId ?? null;
}

const alreadyReached = plainProblem('This caller was reached already.', 'To call again, use your own phone.');
const noPhoneToRing = plainProblem(
  'The integration of this call is no longer on the desk, so it is not known which phone to ring.',
  'Say which of your phones should ring.',
);
const ringsItself = plainProblem(
  'The phone to ring is the caller’s own number.',
  'Choose another of your phones.',
);
const ringsPatchbay = plainProblem(
  'The phone to ring is a number that Patchbay itself answers.',
  'Choose another of your phones.',
);
