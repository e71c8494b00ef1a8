import type { Recorder } from '../calls/recorder.ts';
import type { OutboxItem, OutboxQueries } from '../database/outbox.ts';
import type { WebhookRequestQueries } from '../database/webhook-requests.ts';
import { messageOf, OutboundError } from '../errors.ts';
import type { Clock, Logger, Notifier, OutboundAnswer, OutboundHttp } from '../ports.ts';
import { afterFailure } from './back-off.ts';

/** A receiver is asked to answer at once and to work later; one that needs longer than this won't come back. */
const TIMEOUT_MS = 10_000;
/** Only the status counts; the body is kept for the operator to read, and this much of it explains any refusal. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Of either body, in characters: the log of requests is there to be read. */
const KEPT_OF_A_BODY = 4_000;
/** Addresses served at the same time; an operator has a handful. */
const AT_ONCE = 16;
/** Clocks are set and machines sleep, so a far-off date is looked at again from time to time. */
const LONGEST_WAIT_MS = 60_000;
/** How soon to look again while the database can't be written. */
const DATABASE_WAIT_MS = 1_000;
/** How long `stop` waits for answers; what is cut off is sent again at the next start, under the same key. */
const STOPPING_PATIENCE_MS = 2_000;

/** The receiver says that it will never take this again (RFC 9110, 15.5.11). Any other refusal may be mended. */
const GONE = 410;

/** What one try brought. */
type Try =
  | { kind: 'delivered'; answer: OutboundAnswer }
  | { kind: 'failed'; problem: string; permanent: boolean; answer?: OutboundAnswer };

interface OutboxWorkerDeps {
  outbox: OutboxQueries;
  recorder: Recorder;
  webhookRequests: WebhookRequestQueries;
  outbound: OutboundHttp;
  clock: Clock;
  logger: Logger;
  notifier: Notifier;
}

/**
 * Delivers what the outbox holds: one item at a time to each address, so that one that fails delays no other. All it
 * knows is in the database, and each item carries its call's id as `Idempotency-Key`, since a crash between an answer
 * and its record sends the item twice.
 */
export class OutboxWorker {
  readonly #deps: OutboxWorkerDeps;
  /** The deliveries under way, by address. */
  readonly #underWay = new Map<string, Promise<void>>();
  #running = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: OutboxWorkerDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#look();
  }

  /** Takes up nothing more and waits a moment for the deliveries under way. Safe to call twice. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, STOPPING_PATIENCE_MS);
    });
    await Promise.race([Promise.all(this.#underWay.values()), enough]);
    clearTimeout(patience);
  }

  /** Looks at once: something was added or revived. */
  nudge(): void {
    if (this.#running) this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    try {
      this.#lookAgainIn(this.#takeUp());
    } catch (thrown) {
      this.#deps.logger.error('The outbox could not be read', { problem: messageOf(thrown) });
      this.#lookAgainIn(DATABASE_WAIT_MS);
    }
  }

  /** Starts every delivery that is due and may start. @returns in how many ms to look again, undefined for not at all. */
  #takeUp(): number | undefined {
    const { outbox, recorder, clock } = this.#deps;
    // A result that can't be written down would be forgotten, and the item sent again and again.
    if (recorder.backlog > 0) return DATABASE_WAIT_MS;
    const now = clock.now();
    for (const item of outbox.due(now, AT_ONCE + this.#underWay.size)) {
      if (this.#underWay.has(item.url)) continue;
      if (this.#underWay.size >= AT_ONCE) break;
      this.#underWay.set(item.url, this.#deliver(item));
    }
    const next = outbox.nextDueAt(now);
    return next === undefined ? undefined : Math.min(next - now, LONGEST_WAIT_MS);
  }

  #lookAgainIn(ms: number | undefined): void {
    if (ms === undefined || !this.#running) return;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** Never rejects. */
  async #deliver(item: OutboxItem): Promise<void> {
    try {
      await this.#tryOnce(item);
    } catch (thrown) {
      // The address stays taken until the next start: what can't be recorded would be sent without end.
      this.#deps.logger.error('A delivery could not be recorded; nothing more goes to its address', {
        callId: item.callId,
        problem: messageOf(thrown),
      });
      return;
    }
    this.#underWay.delete(item.url);
    if (this.#running) this.#look();
  }

  async #tryOnce(item: OutboxItem): Promise<void> {
    const { outbox, recorder, webhookRequests, clock } = this.#deps;
    const at = clock.now();
    const startedAt = performance.now();
    const result = await this.#send(item);
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const attempts = item.attempts + 1;
    const endedAt = clock.now();
    const next =
      result.kind === 'delivered'
        ? undefined
        : afterFailure(attempts, {
            permanent: result.permanent,
            retryAfter: result.answer?.headers['retry-after'],
            now: endedAt,
          });
    await recorder.write(() => {
      webhookRequests.insert({
        direction: 'out',
        at,
        method: 'POST',
        url: item.url,
        status: result.answer?.status ?? null,
        ms,
        requestBody: item.body.slice(0, KEPT_OF_A_BODY),
        answerBody: result.answer?.body.slice(0, KEPT_OF_A_BODY) ?? null,
        callId: item.callId,
        integrationId: null,
        fallbackReason: null,
        problem: result.kind === 'failed' ? result.problem : null,
      });
      if (result.kind === 'delivered') outbox.delivered(item.id, endedAt);
      else if (next === 'give-up') outbox.bury(item.id, result.problem);
      else if (next !== undefined) {
        outbox.reschedule(item.id, { attempts, nextAt: endedAt + next.waitMs, problem: result.problem });
      }
    });
    if (result.kind === 'failed') this.#tell(item, attempts, result.problem, next === 'give-up');
  }

  async #send(item: OutboxItem): Promise<Try> {
    let answer: OutboundAnswer;
    try {
      answer = await this.#deps.outbound.postJson(item.url, item.body, {
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        headers: { 'Idempotency-Key': item.callId },
      });
    } catch (thrown) {
      const known = thrown instanceof OutboundError;
      return {
        kind: 'failed',
        problem: known ? thrown.reason : messageOf(thrown),
        permanent: known && thrown.kind === 'refused-address',
      };
    }
    if (answer.status >= 200 && answer.status < 300) return { kind: 'delivered', answer };
    return {
      kind: 'failed',
      problem: `it answered ${answer.status}`,
      permanent: answer.status === GONE,
      answer,
    };
  }

  #tell(item: OutboxItem, attempts: number, problem: string, gaveUp: boolean): void {
    const facts = { callId: item.callId, attempts, problem };
    if (!gaveUp) {
      this.#deps.logger.warn('An after-call webhook was not delivered; it is tried again', facts);
      return;
    }
    this.#deps.logger.error('An after-call webhook was given up', facts);
    const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
    this.#deps.notifier.notify({
      title: 'A call could not be passed on',
      body: `The after-call webhook at ${hostOf(item.url)} was given up after ${tries}: ${problem}.`,
      callId: item.callId,
    });
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'an address that is no URL';
}
