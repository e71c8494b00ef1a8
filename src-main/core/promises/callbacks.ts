import { setTimeout } from 'node:timers/promises';
import type { DialResult } from '../../../src-preload/contract/calls.ts';
import type { KeptPromise } from '../database/promises.ts';
import { assertNever, ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock } from '../ports.ts';
import { isCallOver } from '../twilio/call-status.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { askForKeyTwiml, dialTwiml, hangUpTwiml } from '../twilio/twiml.ts';
import { callbackPath } from '../webhooks/links.ts';
import { type CallbackWords, callbackWordsFor } from './callback-words.ts';

/** Seconds that each phone may ring. */
const ringSeconds = 30;

/** Ringing twice and finding a key takes two minutes at most; what is not known by then is not waited for. */
const patienceMs = 150_000;

const pollEveryMs = 1_000;

/** How many more looks a webhook gets that may still be on its way when the operator's call is over already. */
const looksAfterwards = 5;

export interface CallbacksDeps {
  twilio: TwilioRest;
  clock: Clock;
  /** Where Twilio reaches Patchbay right now. */
  origin: () => string;
  /** Undefined: there never was such a promise. */
  promiseOf: (promiseId: string) => PromiseOnFile | undefined;
  /** The caller has picked up; may be told twice, and after a restart. */
  onReached: (promiseId: string) => void;
  /** How the time between two looks at the operator's call passes; a test brings its own. */
  wait?: (ms: number) => Promise<void>;
}

export interface PromiseOnFile {
  promise: KeptPromise;
  /** Of the workflow that was called; a BCP 47 tag. */
  language: string;
}

/** Whom to ring, and what to say. */
export interface CallbackPlan extends PromiseOnFile {
  /** The operator's phone, E.164. */
  operator: string;
  /** Which attempt to keep the promise this is, counted from 1. */
  attempt: number;
}

export interface CallbackEnd {
  reached: boolean;
  /** One plain sentence. */
  says: string;
}

interface Running extends CallbackPlan {
  says: (step: string) => void;
  takenByOperator: boolean;
  end: (end: CallbackEnd) => void;
}

/**
 * Calls back: Twilio rings the operator, and once a key is pressed there, so that it is no voicemail, the caller, who sees
 * the number that they had called. The addresses that Twilio asks name the promise and the attempt, so that they are
 * answered after a restart too, and a conversation that ends long after the attempt still counts.
 */
export class Callbacks {
  readonly #deps: CallbacksDeps;
  /** By the token in the addresses that Twilio asks. */
  readonly #running = new Map<string, Running>();
  readonly #wait: (ms: number) => Promise<void>;

  constructor(deps: CallbacksDeps) {
    this.#deps = deps;
    this.#wait = deps.wait ?? ((ms) => setTimeout(ms, undefined, { ref: false }));
  }

  /**
   * Ends when the caller was reached or it is clear that nobody will be: not with the conversation.
   * @throws ProblemError when Twilio does not place the call
   */
  async run(plan: CallbackPlan, onStep: (says: string) => void): Promise<CallbackEnd> {
    const token = tokenOf(plan);
    const { promise: ended, resolve: end } = Promise.withResolvers<CallbackEnd>();
    const running: Running = { ...plan, says: onStep, takenByOperator: false, end };
    this.#running.set(token, running);
    try {
      const callSid = await this.#place(running, token);
      onStep(`Twilio rings ${plan.operator}.`);
      return await Promise.race([ended, this.#watch(callSid, token, running)]);
    } finally {
      this.#running.delete(token);
    }
  }

  /** Ends what is under way; the calls at Twilio go on, and are answered after the next start. */
  stop(): void {
    for (const { end } of this.#running.values()) {
      end({ reached: false, says: 'Patchbay was stopped; the calls go on without it.' });
    }
  }

  /** `<Gather action>`: the operator pressed a key, or did not. @returns TwiML. */
  keyPressed(token: string, digits: string): string {
    const { found, words, language } = this.#onFile(token);
    if (found === undefined || found.endedAt !== null) return hangUpTwiml({ say: words.over, language });
    if (digits === '') return hangUpTwiml({ say: words.noKey, language });
    const running = this.#running.get(token);
    if (running !== undefined) {
      running.takenByOperator = true;
      running.says(`${running.operator} pressed a key: now ${found.number} is rung.`);
    }
    const origin = this.#deps.origin();
    return dialTwiml({
      phones: [{ destination: found.number, legStatusUrl: origin + callbackPath(token, 'leg') }],
      callerId: found.called,
      ringSeconds,
      actionUrl: origin + callbackPath(token, 'dial'),
      language,
    });
  }

  /** `<Number statusCallback>`: the caller picks up. */
  callerLeg(token: string, status: string): void {
    if (status === 'in-progress' || status === 'answered') this.#reached(token);
  }

  /** `<Dial action>`: the conversation is over, or there was none. @returns TwiML. */
  dialEnded(token: string, result: DialResult): string {
    if (result === 'answered') {
      this.#reached(token);
      return hangUpTwiml();
    }
    const { found, words, language } = this.#onFile(token);
    if (found !== undefined) {
      this.#running.get(token)?.end({ reached: false, says: notReached(found.number, result) });
    }
    return hangUpTwiml({ say: words.notReached, language });
  }

  #onFile(token: string): { found: KeptPromise | undefined; words: CallbackWords; language: string } {
    const { promise, language = 'en-US' } = this.#deps.promiseOf(promiseIdIn(token)) ?? {};
    return { found: promise, words: callbackWordsFor(language), language };
  }

  #reached(token: string): void {
    this.#deps.onReached(promiseIdIn(token));
    const running = this.#running.get(token);
    running?.end({ reached: true, says: `${running.promise.number} picked up: you are connected.` });
  }

  async #place({ promise, operator, language }: Running, token: string): Promise<string> {
    const words = callbackWordsFor(language);
    const who = promise.contactName ?? promise.number.split('').join(' ');
    const twiml = askForKeyTwiml({
      say: words.ask(who, promise.reason),
      goodbye: words.noKey,
      actionUrl: this.#deps.origin() + callbackPath(token, 'key'),
      language,
    });
    try {
      const { sid } = await this.#deps.twilio.ask((client) =>
        client.calls.create({ to: operator, from: promise.called, twiml, timeout: ringSeconds }),
      );
      return sid;
    } catch (thrown) {
      throw new ProblemError(problemOf(thrown), { cause: thrown });
    }
  }

  /** The operator's call can end without any webhook: nobody picks up, or a voicemail does. */
  async #watch(callSid: string, token: string, running: Running): Promise<CallbackEnd> {
    const { twilio, clock } = this.#deps;
    const givesUpAt = clock.now() + patienceMs;
    let looksLeft = looksAfterwards;
    while (clock.now() < givesUpAt && this.#running.get(token) === running) {
      await this.#wait(pollEveryMs);
      // A network that is away is waited out: the call is looked for again, and never placed again.
      const call = await twilio.ask((client) => client.calls(callSid).fetch()).catch(() => null);
      if (call === null || !isCallOver(call.status)) continue;
      if (!running.takenByOperator) return { reached: false, says: notTaken(running.operator, call.status) };
      if (looksLeft-- === 0) break;
    }
    return {
      reached: false,
      says: 'Whether the caller picked up was not learned. If you have spoken, mark the promise as kept.',
    };
  }
}

function tokenOf({ promise, attempt }: CallbackPlan): string {
  return `${promise.id}.${attempt}`;
}

function promiseIdIn(token: string): string {
  return token.replace(/\.\d+$/, '');
}

/** @param status Twilio's, of a call that is over */
function notTaken(operator: string, status: string): string {
  if (status === 'completed')
    return `${operator} picked up, and no key was pressed: the caller was not rung.`;
  if (status === 'busy') return `${operator} is busy: the caller was not rung.`;
  if (status === 'no-answer') return `${operator} did not pick up: the caller was not rung.`;
  return `${operator} could not be rung (${status}): the caller was not rung.`;
}

function notReached(caller: string, result: Exclude<DialResult, 'answered'>): string {
  switch (result) {
    case 'busy':
      return `${caller} is busy.`;
    case 'no-answer':
      return `${caller} did not pick up.`;
    case 'failed':
      return `${caller} could not be rung.`;
    case 'canceled':
      return `You hung up before ${caller} picked up.`;
    default:
      return assertNever(result);
  }
}

/** Without a public address nobody hears the operator's key. */
export const noWayToPatchbay = plainProblem(
  'Twilio has no way to Patchbay right now, so it could not hear your key.',
  'Open the tunnel and wait until its address is proven; or call back by hand and mark the promise as kept.',
);
