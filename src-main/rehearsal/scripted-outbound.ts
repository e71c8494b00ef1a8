import { setTimeout as sleep } from 'node:timers/promises';
import { OutboundError } from '../core/errors.ts';
import type { OutboundAnswer, OutboundHttp } from '../core/ports.ts';
import type { WebhookAnswerScript } from './script.ts';

/** A request that Patchbay made to an address of the operator's. */
export interface PostedRequest {
  url: string;
  body: string;
  headers: Record<string, string>;
}

/**
 * The operator's servers, as a rehearsal plays them: answers by script and keeps what was posted. An address without
 * a script can't be reached, so nothing leaves the machine.
 */
export class ScriptedOutbound implements OutboundHttp {
  readonly posted: PostedRequest[] = [];
  readonly #answers: Readonly<Record<string, readonly WebhookAnswerScript[]>>;
  readonly #asked = new Map<string, number>();

  /** @param answers by address: for the first, second … request; the last holds from then on. */
  constructor(answers: Readonly<Record<string, readonly WebhookAnswerScript[]>>) {
    this.#answers = answers;
  }

  /** @throws OutboundError as the real client does: time-outs (real milliseconds), too large, scripted refusals. */
  async postJson(
    url: string,
    body: string,
    options: { timeoutMs: number; maxBytes: number; headers?: Record<string, string> },
  ): Promise<OutboundAnswer> {
    this.posted.push({ url, body, headers: options.headers ?? {} });
    const answer = this.#next(url);
    if (answer === undefined) throw new OutboundError('unreachable', 'its host name is not known');
    const late = answer.delayMs > options.timeoutMs;
    await sleep(Math.min(answer.delayMs, options.timeoutMs));
    if (late) {
      throw new OutboundError('timeout', `it did not answer within ${options.timeoutMs / 1000} s`);
    }
    if (answer.error !== undefined) throw new OutboundError(answer.error.kind, answer.error.reason);
    const text = answer.json === undefined ? (answer.body ?? '') : JSON.stringify(answer.json);
    if (Buffer.byteLength(text) > options.maxBytes) {
      throw new OutboundError(
        'too-large',
        `its answer is larger than ${Math.floor(options.maxBytes / 1024)} kB`,
      );
    }
    const headers = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { status: answer.status, headers: Object.fromEntries(headers), body: text };
  }

  #next(url: string): WebhookAnswerScript | undefined {
    const answers = this.#answers[url] ?? [];
    const before = this.#asked.get(url) ?? 0;
    this.#asked.set(url, before + 1);
    return answers[Math.min(before, answers.length - 1)];
  }
}
