import type { Twilio } from 'twilio';
import { TwilioRequestError } from '../errors.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { noTwilio } from './no-outside.ts';

/** A request about a call that was made over REST, with what it was given. */
export interface CallRequest {
  /** SID of the call; absent: a new one. */
  sid?: string;
  given: Record<string, unknown>;
}

/** Twilio's REST API as far as calls are placed, led elsewhere and hung up, in a test's hands. */
export class TwilioCalls {
  readonly requests: CallRequest[] = [];
  /** What comes of a request beside its being kept; it may throw, or never come back. */
  answers: (request: CallRequest) => void | Promise<void> = () => {};
  readonly rest: TwilioRest;

  constructor() {
    const calls = Object.assign(
      (sid: string) => ({ update: (given: Record<string, unknown>) => this.#take({ sid, given }) }),
      { create: (given: Record<string, unknown>) => this.#take({ given }) },
    );
    const client = { calls, api: { v2010: { accounts: () => ({ calls }) } } } as unknown as Twilio;
    this.rest = { ...noTwilio, ask: (question) => question(client) };
  }

  /** The phones that were rung, and how. */
  get placed(): Record<string, unknown>[] {
    return this.requests.filter(({ sid }) => sid === undefined).map(({ given }) => given);
  }

  /** What was told to a call. */
  told(sid: string): Record<string, unknown>[] {
    return this.requests.filter((request) => request.sid === sid).map(({ given }) => given);
  }

  async #take(request: CallRequest): Promise<{ sid: string }> {
    this.requests.push(request);
    await this.answers(request);
    return { sid: request.sid ?? legOf(String(request.given.to)) };
  }
}

/** The SID of the leg to a number. */
export function legOf(number: string): string {
  return `CA${number.slice(1)}`;
}

/** Twilio says no. */
export function refusal(code: number, status = 400): TwilioRequestError {
  return new TwilioRequestError(`Twilio error ${code}`, { status, code, retryable: status >= 500 });
}
