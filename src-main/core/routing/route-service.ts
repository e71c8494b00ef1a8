import type { Decision, DialResult } from '../../../src-preload/contract/calls.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { WebhookRequestQueries } from '../database/webhook-requests.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, OutboundHttp } from '../ports.ts';
import { recordedBody } from '../webhooks/recorded-body.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import { decideRoute, type RouteChoice } from './decide-route.ts';
import { askDynamicWebhook, type DynamicAnswer, defaultTimeoutMs } from './dynamic-webhook.ts';
import type { RouteFacts } from './route-facts.ts';
import type { RouteMemory } from './route-memory.ts';

export interface RouteServiceDeps {
  desk: () => CompiledDesk;
  memory: Pick<RouteMemory, 'lastTaken' | 'restsUntil' | 'isAttached' | 'take' | 'heardOf'>;
  outbound: OutboundHttp;
  recorder: Pick<Recorder, 'write'>;
  webhookRequests: Pick<WebhookRequestQueries, 'insert'>;
  clock: Clock;
  logger: Logger;
}

interface Asked {
  compiled: CompiledIntegration;
  contact: RouteFacts['contact'];
  /** Unix milliseconds. */
  startedAt: number;
}

/** A decision was asked for with the id of an integration that the desk does not have; `known`: those that it has. */
export class UnknownIntegrationError extends Error {
  override readonly name = 'UnknownIntegrationError';
  readonly integrationId: string;

  constructor(integrationId: string, known: readonly string[]) {
    const there = known.length === 0 ? 'the desk has none' : `the desk has ${known.join(', ')}`;
    super(`there is no integration "${integrationId}"; ${there}`);
    this.integrationId = integrationId;
  }
}

/** Decides where a call goes, for both front doors. Whatever fails on the way, the static number answers. */
export class RouteService {
  readonly #deps: RouteServiceDeps;

  constructor(deps: RouteServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Synchronous for static numbers and rules, a promise for a dynamic webhook, which never rejects. `callId` is
   * Patchbay's id of the call, where there is one, and goes on record with the webhook request.
   * @throws UnknownIntegrationError, and nothing else.
   */
  decide(
    integrationId: string,
    facts: Omit<RouteFacts, 'now'>,
    callId?: string,
  ): Decision | Promise<Decision> {
    const { integrationById } = this.#deps.desk();
    const compiled = integrationById.get(integrationId);
    if (compiled === undefined) throw new UnknownIntegrationError(integrationId, [...integrationById.keys()]);
    const startedAt = this.#deps.clock.now();
    const webhook = compiled.integration.dynamic?.webhook;
    const asked = { compiled, contact: facts.contact, startedAt };
    if (webhook !== undefined) return this.#byWebhook(asked, webhook, facts.number, callId);
    try {
      const { taken, ...choice } = decideRoute({ ...facts, now: startedAt }, compiled, this.#deps.memory);
      if (taken !== undefined) this.#deps.memory.take(taken.groupId, taken.member, startedAt);
      return this.#decision(asked, choice);
    } catch (error) {
      this.#deps.logger.error('The rules of an integration failed', {
        integrationId,
        problem: messageOf(error),
      });
      return this.#fallback(asked, 'The rules could not be evaluated.');
    }
  }

  /**
   * A dial of a destination has ended: one that fails twice in a row rests for a while, and the operator is told. A
   * static number never rests, as it is what is left when others do. @param now Unix milliseconds
   */
  heardOf(destination: string, result: DialResult, now: number): void {
    const isStatic = this.#deps
      .desk()
      .desk.integrations.some(({ staticNumber }) => staticNumber === destination);
    if (!isStatic) this.#deps.memory.heardOf(destination, result, now);
  }

  async #byWebhook(
    asked: Asked,
    url: string,
    number: string | null,
    callId: string | undefined,
  ): Promise<Decision> {
    const { compiled, startedAt } = asked;
    const timeoutMs = compiled.integration.dynamic?.timeoutMs ?? defaultTimeoutMs;
    const answer = await askDynamicWebhook({ url, timeoutMs, number }, this.#deps.outbound);
    this.#record(answer, { url, startedAt, callId, integrationId: compiled.integration.id });
    if (!answer.ok) return this.#fallback(asked, answer.fallbackReason);
    const { staticNumber, noAnswer } = compiled.integration;
    const hasNext = noAnswer.includes('next') && answer.destination !== staticNumber;
    return this.#decision(asked, {
      via: 'webhook',
      destinations: hasNext ? [answer.destination, staticNumber] : [answer.destination],
      why: 'The dynamic webhook named this destination.',
    });
  }

  #fallback(asked: Asked, fallbackReason: string): Decision {
    return this.#decision(asked, {
      via: 'fallback',
      destinations: [asked.compiled.integration.staticNumber],
      why: `${fallbackReason} The static number takes the call.`,
      fallbackReason,
    });
  }

  /** A known contact's tags go on record whether a rule asked for them or not: one of an edited desk may ask. */
  #decision(
    { compiled, contact, startedAt }: Asked,
    choice: Omit<RouteChoice, 'taken' | 'via'> & Pick<Decision, 'via' | 'fallbackReason'>,
  ): Decision {
    return {
      integrationId: compiled.integration.id,
      ...choice,
      ...(contact.known && { seen: { ...choice.seen, tags: [...contact.tags] } }),
      tookMs: this.#deps.clock.now() - startedAt,
    };
  }

  /** Puts the request on record. The decision does not wait for it: what the caller records next is written after it. */
  #record(
    answer: DynamicAnswer,
    about: { url: string; startedAt: number; callId: string | undefined; integrationId: string },
  ): void {
    const { clock, recorder, webhookRequests, logger } = this.#deps;
    const { exchange } = answer;
    const fallbackReason = answer.ok ? null : answer.fallbackReason;
    const row = {
      direction: 'out' as const,
      at: about.startedAt,
      method: 'POST',
      url: about.url,
      status: exchange.status,
      ms: clock.now() - about.startedAt,
      requestBody: recordedBody(exchange.requestBody),
      answerBody: exchange.answerBody === null ? null : recordedBody(exchange.answerBody),
      callId: about.callId ?? null,
      integrationId: about.integrationId,
      fallbackReason,
      problem: fallbackReason,
    };
    recorder
      .write(() => webhookRequests.insert(row))
      .catch((error: unknown) => {
        logger.error('A dynamic webhook request could not be recorded', { problem: messageOf(error) });
      });
  }
}
