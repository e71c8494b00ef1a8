import type { Twilio } from 'twilio';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { doubled, jittered } from '../back-off.ts';
import { TwilioRequestError } from '../errors.ts';
import type { Logger } from '../ports.ts';
import { untilAborted } from '../receptionist/until-aborted.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import { isPassing } from '../twilio/is-passing.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { isGone } from '../twilio/when-gone.ts';

/** How long Twilio is waited for, in milliseconds. */
export interface RestPacing {
  /** The caller hears nothing while Twilio is asked to ring. */
  placing: number;
  /** A human who is ready to talk is not kept waiting for longer than this. */
  leading: number;
  /** After so many failures in a row. */
  backOff(failures: number): number;
}

const unhurried: RestPacing = {
  placing: 4_000,
  leading: 2_000,
  backOff: (failures) => jittered(doubled(failures, 1_000, 15_000)),
};

/** A request that fails in passing is made this often, about a minute long. */
const tries = 8;

/** More legs than a hundred calls at once have. */
const legsRemembered = 2_000;

/** A phone that is to be rung. */
export interface PhoneOrder {
  /** E.164, as is `from`, the number that the phone shows. */
  to: string;
  from: string;
  /** Absent: `from` is one of the account's own numbers. */
  callToken?: string | undefined;
  ringSeconds: number;
  pickedUpUrl: string;
  legStatusUrl: string;
}

export interface RestCallsDeps {
  twilio: Pick<TwilioRest, 'ask'>;
  logger: Logger;
  /** A test brings its own. */
  pacing?: RestPacing;
}

type Calls = Twilio['calls'];

/** What is said over REST to Twilio about a call that goes on: ring somebody for it, lead its caller elsewhere, hang up a phone. */
export class RestCalls {
  readonly #deps: RestCallsDeps;
  readonly #pacing: RestPacing;
  /** Legs that are over, or that were told to be. */
  readonly #over = new Set<string>();
  #stopped = false;

  constructor(deps: RestCallsDeps) {
    this.#deps = deps;
    this.#pacing = deps.pacing ?? unhurried;
  }

  /** Has Twilio ring a phone. A phone that rings although Twilio did not say so in time is hung up. Never rejects. */
  async ring(call: CallView, order: PhoneOrder): Promise<{ legSid: string } | { problem: string }> {
    const { placing } = this.#pacing;
    const { to, from, callToken, ringSeconds, pickedUpUrl, legStatusUrl } = order;
    const asked = this.#ask(call, (calls) =>
      calls.create({
        to,
        from,
        ...(callToken !== undefined && { callToken }),
        url: pickedUpUrl,
        method: 'POST',
        timeout: ringSeconds,
        statusCallback: legStatusUrl,
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      }),
    );
    try {
      const placed = await untilAborted(asked, AbortSignal.timeout(placing));
      if (placed !== undefined) return { legSid: placed.sid };
    } catch (thrown) {
      return { problem: problemOf(thrown).says };
    }
    asked.then(
      ({ sid }) => this.hangUp(call, sid),
      () => {},
    );
    return { problem: `Twilio did not answer within ${placing / 1000} s.` };
  }

  /**
   * Leads the caller to other TwiML, and does not wait long for it. Never rejects.
   * @returns "gone": the caller's call is over; "unsure": it may not have happened, or not yet.
   */
  async lead(call: CallView, url: string): Promise<'led' | 'gone' | 'unsure'> {
    const asked = this.#leadNow(call, url);
    try {
      const led = await untilAborted(asked, AbortSignal.timeout(this.#pacing.leading));
      asked.catch(() => {});
      return led === undefined ? 'unsure' : 'led';
    } catch (thrown) {
      if (isCallGone(thrown)) return 'gone';
      const problem = problemOf(thrown).says;
      this.#deps.logger.warn('A caller could not be led elsewhere', { callId: call.id, problem });
      return 'unsure';
    }
  }

  /**
   * The same, tried again and again while that may help and the call still wants it. Never rejects.
   * @param wants undefined: it is not wanted any more
   */
  insistOnLeading(
    wants: () => CallView | undefined,
    url: string,
  ): Promise<'done' | 'gone' | { problem: string }> {
    return this.#insist(wants, (call) => this.#leadNow(call, url));
  }

  /** Hangs up a phone that was rung for a call, unless it is known to be over. Returns at once. */
  hangUp(call: CallView, legSid: string): void {
    if (this.#over.has(legSid) || this.#stopped) return;
    this.noteOver(legSid);
    const end = () => this.#ask(call, (calls) => calls(legSid).update({ status: 'completed' }));
    const always = () => call;
    void this.#insist(always, end).then((ended) => {
      if (typeof ended === 'string') return;
      this.#deps.logger.warn('A phone could not be hung up', { callId: call.id, ...ended });
    });
  }

  /** Twilio has said that this leg is over. */
  noteOver(legSid: string): void {
    this.#over.add(legSid);
    const [oldest] = this.#over;
    if (oldest !== undefined && this.#over.size > legsRemembered) this.#over.delete(oldest);
  }

  /** Nothing is asked any more. */
  stop(): void {
    this.#stopped = true;
  }

  #leadNow(call: CallView, url: string): Promise<unknown> {
    return this.#ask(call, (calls) => calls(call.callSid).update({ url, method: 'POST' }));
  }

  async #insist(
    wants: () => CallView | undefined,
    question: (call: CallView) => Promise<unknown>,
  ): Promise<'done' | 'gone' | { problem: string }> {
    for (let failures = 0; ; ) {
      const call = wants();
      if (call === undefined || this.#stopped) return 'done';
      try {
        await question(call);
        return 'done';
      } catch (thrown) {
        if (isCallGone(thrown)) return 'gone';
        failures += 1;
        if (!isPassing(thrown) || failures === tries) return { problem: problemOf(thrown).says };
        const waitMs = this.#pacing.backOff(failures);
        await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
      }
    }
  }

  /** The calls of the account that the caller called: it may be a subaccount of the connected one. */
  #ask<T>(call: CallView, question: (calls: Calls) => Promise<T>): Promise<T> {
    return this.#deps.twilio.ask((client) =>
      question(call.accountSid === '' ? client.calls : client.api.v2010.accounts(call.accountSid).calls),
    );
  }
}

/** Error 21220: there is nothing left to lead or to hang up. */
function isCallGone(thrown: unknown): boolean {
  return isGone(thrown) || (thrown instanceof TwilioRequestError && thrown.code === 21220);
}
