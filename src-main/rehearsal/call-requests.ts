import type { Endpoint } from './call-start.ts';
import { isHosted } from './hosted-pages.ts';
import type { PlacedCall } from './placed-call.ts';
import { parseTwiml, type TwimlElement } from './twiml.ts';
import { CallError, newIdempotencyToken, type WebhookAnswer } from './webhook-client.ts';

/** The requests that Twilio makes about one call, and what went wrong on the way. */
export class CallRequests {
  readonly #call: PlacedCall;
  #last: { url: string; params: Record<string, string>; token: string; body: string } | undefined;
  #firstStatus: number | undefined;
  #asked: Endpoint | undefined;

  constructor(call: PlacedCall) {
    this.#call = call;
  }

  /** HTTP status of the first document's answer; undefined when there was none. */
  get firstStatus(): number | undefined {
    return this.#firstStatus;
  }

  /** The document that was asked for last, for the error log. */
  get asked(): Endpoint | undefined {
    return this.#asked;
  }

  /** Requests a document about the call. @throws CallError | TwimlError */
  async document({ url, method }: Endpoint, params: Record<string, string>): Promise<TwimlElement> {
    this.#asked = { url: url.replace(/#.*$/s, ''), method };
    const answer = await this.#deliver({ url, method }, params);
    this.#firstStatus ??= answer.status;
    this.#call.trace.add('twilio', `${method} ${pathOf(url)}: ${answer.status}`, answer.tookMs);
    if (answer.status < 200 || answer.status > 299) {
      const code =
        answer.status >= 300 && answer.status < 400 ? 'a redirect, which loses the body' : 'no 2xx';
      throw new CallError(11200, `${pathOf(url)} was answered with status ${answer.status}, ${code}`);
    }
    return parseTwiml(answer);
  }

  /** TwiML that needs no request: it came with the call. */
  nothingAsked(): void {
    this.#asked = undefined;
  }

  /** Twilio delivers its last request about the call again, as it does after a lost answer. */
  async redeliver(): Promise<void> {
    const last = this.#last;
    if (last === undefined) return;
    const answer = await this.#call.line.webhooks.send(last.url, {
      method: 'POST',
      params: last.params,
      idempotencyToken: last.token,
    });
    this.#call.trace.add('twilio', `delivered ${pathOf(last.url)} again: ${answer.status}`, answer.tookMs);
    if (answer.body.toString('utf8') !== last.body) {
      this.#call.addProblem(`${pathOf(last.url)} was delivered twice and answered in two ways`);
    }
  }

  async #deliver({ url, method }: Endpoint, params: Record<string, string>): Promise<WebhookAnswer> {
    const { line, plan } = this.#call;
    const token = newIdempotencyToken();
    const request = { method, params, idempotencyToken: token };
    const forged = plan.faults.forgedSignature && this.#last === undefined;
    const send = () => line.webhooks.send(url, request, { forged });
    const answers = await Promise.all(plan.faults.webhooksTwice ? [send(), send()] : [send()]);
    const answer = answers.at(-1);
    if (answer === undefined) throw new Error('a request brought no answer');
    const bodies = new Set(answers.map(({ body }) => body.toString('utf8')));
    if (bodies.size > 1) {
      this.#call.addProblem(`${pathOf(url)} was delivered twice and answered in two ways`);
    }
    if (method === 'POST') this.#last = { url, params, token, body: answer.body.toString('utf8') };
    return answer;
  }
}

function pathOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, hostname, pathname } = new URL(url);
  return isHosted(hostname) ? `${host}${pathname}` : pathname;
}
