import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { DialResult } from '../../../src-preload/contract/calls.ts';
import type { KeptPromise } from '../database/promises.ts';
import { ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock } from '../ports.ts';
import { isCallOver } from '../twilio/call-status.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { dialTwiml, hangUpTwiml, testCallTwiml } from '../twilio/twiml.ts';
import { callbackPath } from '../webhooks/links.ts';
import { callbackWordsFor } from './callback-words.ts';

/** Seconds that each phone may ring. */
const ringSeconds = 30;

/** Ringing twice and finding a key takes two minutes at most; what is not known by then is not waited for. */
const patienceMs = 150_000;

const pollEveryMs = 1_000;

export interface CallbacksDeps {
  twilio: TwilioRest;
  clock: Clock;
  /** How the time between two looks at the operator's call passes; a test brings its own. */
  wait?: (ms: number) => Promise<void>;
}

/** Whom to ring, and what to say. */
export interface CallbackPlan {
  promise: KeptPromise;
  /** The operator's phone, E.164. */
  operator: string;
  /** Where Twilio reaches Patchbay. */
  origin: string;
  language: string;
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
 * the number that they had called.
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
    const token = randomBytes(32).toString('base64url');
    const { promise: ended, resolve: end } = Promise.withResolvers<CallbackEnd>();
    const running: Running = { ...plan, says: onStep, takenByOperator: false, end };
    this.#running.set(token, running);
    try {
      const callSid = await this.#place(running, token);
      onStep(`Twilio rings ${plan.operator}.`);
      return await Promise.race([ended, this.#watch(callSid, running)]);
    } finally {
      // The dial's own report comes at the end of the conversation: it is answered all the same.
      this.#running.delete(token);
    }
  }

  /** `<Gather action>`: the operator pressed a key, or did not. @returns TwiML. */
  keyPressed(token: string, digits: string): string {
    const running = this.#running.get(token);
    const language = running?.language ?? 'en-US';
    const words = callbackWordsFor(language);
    if (running === undefined) return hangUpTwiml({ say: words.over, language });
    if (digits === '') return hangUpTwiml({ say: words.noKey, language });
    running.takenByOperator = true;
    const { promise, origin } = running;
    running.says(`${running.operator} pressed a key: now ${promise.number} is rung.`);
    return dialTwiml({
      phones: [{ destination: promise.number, legStatusUrl: origin + callbackPath(token, 'leg') }],
      callerId: promise.called,
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
    const running = this.#running.get(token);
    running?.end({ reached: false, says: `${running.promise.number} did not pick up (${result}).` });
    const language = running?.language ?? 'en-US';
    return hangUpTwiml({ say: callbackWordsFor(language).notReached, language });
  }

  #reached(token: string): void {
    const running = this.#running.get(token);
    running?.end({ reached: true, says: `${running.promise.number} picked up: you are connected.` });
  }

  async #place({ promise, operator, origin, language }: Running, token: string): Promise<string> {
    const words = callbackWordsFor(language);
    const who = promise.contactName ?? promise.number.split('').join(' ');
    const twiml = testCallTwiml({
      say: words.ask(who, promise.reason),
      goodbye: words.noKey,
      actionUrl: origin + callbackPath(token, 'key'),
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
  async #watch(callSid: string, running: Running): Promise<CallbackEnd> {
    const { twilio, clock } = this.#deps;
    const givesUpAt = clock.now() + patienceMs;
    while (clock.now() < givesUpAt) {
      await this.#wait(pollEveryMs);
      // A network that is away is waited out: the call is looked for again, and never placed again.
      const call = await twilio.ask((client) => client.calls(callSid).fetch()).catch(() => null);
      if (call === null || !isCallOver(call.status)) continue;
      if (running.takenByOperator) break;
      return { reached: false, says: `${running.operator} did not take the call (${call.status}).` };
    }
    return { reached: false, says: 'Whether the caller picked up was not learned.' };
  }
}

/** Without a public address nobody hears the operator's key. */
export const noWayToPatchbay = plainProblem(
  'Twilio has no way to Patchbay right now, so it could not hear your key.',
  'Open the tunnel and wait until its address is proven; or call back by hand and mark the promise as kept.',
);
