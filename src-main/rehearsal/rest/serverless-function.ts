import { createContext, Script } from 'node:vm';
import MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { HostedAnswer } from '../hosted-pages.ts';

/** Twilio stops a Function after this long (Twilio, "Functions: limits"); real milliseconds. */
const limitMs = 10_000;
const timedOut = 'Runtime application timed out';

/** `Twilio.Response`: an answer that a Function puts together itself. */
class FunctionResponse {
  #status = 200;
  #body: unknown = '';
  readonly #headers = new Map<string, string>();

  setStatusCode(status: number): this {
    this.#status = status;
    return this;
  }

  setBody(body: unknown): this {
    this.#body = body;
    return this;
  }

  setHeaders(headers: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(headers)) this.appendHeader(name, value);
    return this;
  }

  appendHeader(name: string, value: string): this {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }

  /** For the rehearsal line alone. */
  asAnswer(): HostedAnswer {
    const { contentType, body } = rendered(this.#body);
    return { status: this.#status, contentType: this.#headers.get('content-type') ?? contentType, body };
  }
}

export interface FunctionCall {
  /** JavaScript, CommonJS, with a `handler(context, event, callback)`. */
  content: string;
  path: string;
  context: Readonly<Record<string, string>>;
  /** Query and form. */
  event: Readonly<Record<string, string>>;
}

/**
 * Runs an uploaded Function as Twilio's runtime does: CommonJS, `Twilio` as a global, no module but what is given.
 * What it throws is status 500, what takes too long 504; never an exception here. The TwiML builder is the one that
 * Twilio's runtime gives. The content comes from whoever has the account's token: this is no cage for hostile code.
 */
export async function runFunction({ content, path, context, event }: FunctionCall): Promise<HostedAnswer> {
  const { promise, resolve } = Promise.withResolvers<HostedAnswer>();
  const timer = setTimeout(() => resolve(failure(504, timedOut)), limitMs);
  const callback = (error: unknown, result: unknown): void => {
    resolve(error ? failure(500, wordsOf(error)) : answerOf(result));
  };
  try {
    const module: { exports: unknown } = { exports: {} };
    const sandbox = createContext({
      module,
      exports: module.exports,
      require: (name: string) => {
        throw new Error(`Cannot find module '${name}'`);
      },
      console: { log() {}, info() {}, warn() {}, error() {}, debug() {} },
      setTimeout,
      clearTimeout,
      URL,
      URLSearchParams,
      Buffer,
      process: { env: {} },
      Twilio: { twiml: { VoiceResponse, MessagingResponse }, Response: FunctionResponse },
      call: { context: { ...context }, event: { ...event }, callback },
    });
    new Script(content, { filename: path }).runInContext(sandbox, { timeout: limitMs });
    // Called in there, so that a handler which never gives way is stopped as well.
    const started: unknown = new Script(
      'module.exports.handler(call.context, call.event, call.callback)',
    ).runInContext(sandbox, { timeout: limitMs });
    // An async handler that rejects has failed; one that resolves may still call back.
    Promise.resolve(started).catch((error: unknown) => callback(error ?? 'rejected', undefined));
  } catch (error) {
    const isTooLong =
      error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    resolve(isTooLong ? failure(504, timedOut) : failure(500, wordsOf(error)));
  }
  const answer = await promise;
  clearTimeout(timer);
  return answer;
}

function answerOf(result: unknown): HostedAnswer {
  if (result instanceof FunctionResponse) return result.asAnswer();
  return { status: 200, ...rendered(result) };
}

function rendered(result: unknown): { contentType: string; body: string } {
  if (result instanceof VoiceResponse || result instanceof MessagingResponse) {
    return { contentType: 'text/xml; charset=utf-8', body: result.toString() };
  }
  if (result === undefined || result === null) return { contentType: 'text/plain; charset=utf-8', body: '' };
  if (typeof result === 'object') {
    return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(result) };
  }
  return { contentType: 'text/plain; charset=utf-8', body: String(result) };
}

function failure(status: number, words: string): HostedAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: words };
}

/** Errors of the Function's own world are none of ours. */
function wordsOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
