import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision } from '../../../src-preload/contract/calls.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { WebhookRequest, WebhookRequestQueries } from '../database/webhook-requests.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever, messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { callerNumberOf } from '../routing/caller-number.ts';
import type { CompiledIntegration } from '../routing/compile-rules.ts';
import { needsContact, type RouteFacts } from '../routing/decide-route.ts';
import type { RouteService } from '../routing/route-service.ts';
import { readSmallBody } from './read-small-body.ts';
import { recordedBody } from './recorded-body.ts';
import type { RefusalBudget } from './refusal-budget.ts';
import { sendJson, sendJsonAndClose } from './send-json.ts';

export interface TransferWebhookDeps {
  desk: () => CompiledDesk;
  routes: Pick<RouteService, 'decide'>;
  contacts: Pick<ContactQueries, 'facts'>;
  recorder: Pick<Recorder, 'write'>;
  webhookRequests: Pick<WebhookRequestQueries, 'insert'>;
  /** For requests that show no router key of an integration. */
  refusals: Pick<RefusalBudget, 'take'>;
  clock: Clock;
  logger: Logger;
  /** How long a client may take to send its body, in milliseconds. */
  bodyTimeoutMs?: number;
}

/** What the client gets, and what goes on record with it. */
interface Answer {
  /** null: the client has gone, and nothing can be sent. */
  status: number | null;
  json: string;
  /** The rest of the request is not wanted: the connection is closed after the answer. */
  closes?: boolean;
  requestBody?: string;
  integrationId?: string;
  fallbackReason?: string | undefined;
  problem?: string;
}

const prefix = '/transfer/';
const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const largestBody = 64 * 1024;
const longestKey = 128;
const defaultBodyTimeoutMs = 5_000;
const unknownContact: RouteFacts['contact'] = { known: false, tags: [] };

const example = 'send {"number": "+14165551234"}';
const notFound = refusal(404, 'not_found', 'No integration has this address; copy it again from Patchbay.');
const wrongMethod = refusal(405, 'method_not_allowed', `Use POST and ${example}.`);
const wrongType = refusal(
  415,
  'unsupported_media_type',
  `Only JSON is read; ${example} as application/json.`,
);
const encodedBody = refusal(
  415,
  'unsupported_encoding',
  'Send the JSON as it is, without a Content-Encoding.',
);
const notJson = refusal(400, 'not_json', `The body is not JSON; ${example}.`);
const noObject = refusal(400, 'not_an_object', `The body is JSON but not an object; ${example}.`);
const tooLarge = { ...refusal(413, 'too_large', `The body is larger than 64 kB; ${example}.`), closes: true };
const tooSlow = {
  ...refusal(408, 'too_slow', 'The body did not arrive in time; send it at once.'),
  closes: true,
};
const gone: Answer = {
  status: null,
  json: '',
  problem: 'the client hung up before its request was complete',
};

/**
 * The Router's front door, POST /transfer/<routerKey>: `{"number"}` → 200 `{"transferNumber"}`, the contract of
 * CallCow's Dynamic Transfer. A plain node:http handler for paths that start with /transfer/, because a caller waits
 * for this answer. Every request is on disk before its answer; when the database can't be written, the answer goes out
 * all the same. Whoever holds a router key and sends JSON gets a destination, whatever fails here.
 */
export function createTransferWebhook(
  deps: TransferWebhookDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { desk, routes, contacts, recorder, webhookRequests, refusals, clock, logger } = deps;
  const bodyTimeoutMs = deps.bodyTimeoutMs ?? defaultBodyTimeoutMs;
  const integrationOf = routerKeyIndex(desk);

  return (request, response) => {
    void handle(request, response);
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = clock.now();
    const answer = await answerTo(request);
    if (answer.integrationId !== undefined || refusals.take()) await record(request, answer, startedAt);
    const { status, json } = answer;
    if (status === null) return;
    const headers: Record<string, string> = status === 405 ? { Allow: 'POST' } : {};
    if (answer.closes || bodyIsUnwanted(request)) sendJsonAndClose(request, response, status, json, headers);
    else sendJson(response, status, json, headers);
  }

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    // The method first: the answer to a wrong one must not tell whether the key exists.
    if (request.method !== 'POST') return wrongMethod;
    const compiled = integrationOf(routerKeyIn(request.url ?? ''));
    if (compiled === undefined) return notFound;
    const integrationId = compiled.integration.id;
    const type = request.headers['content-type'];
    if (type !== undefined && type !== 'application/json' && !jsonType.test(type)) {
      return { ...wrongType, integrationId };
    }
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return { ...encodedBody, integrationId };
    }
    const body = await readSmallBody(request, { maxBytes: largestBody, timeoutMs: bodyTimeoutMs });
    switch (body.kind) {
      case 'body':
        return { ...(await answerToBody(compiled, body.text)), integrationId, requestBody: body.text };
      case 'too-large':
        return { ...tooLarge, integrationId };
      case 'too-slow':
        return { ...tooSlow, integrationId };
      case 'aborted':
        return { ...gone, integrationId };
      default:
        return assertNever(body);
    }
  }

  async function answerToBody(compiled: CompiledIntegration, text: string): Promise<Answer> {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return notJson;
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return noObject;
    const { staticNumber } = compiled.integration;
    const number = callerNumberOf('number' in parsed ? parsed.number : undefined, staticNumber);
    const { destinations, fallbackReason } = await decide(compiled, number);
    return {
      status: 200,
      json: JSON.stringify({ transferNumber: destinations[0] ?? staticNumber }),
      fallbackReason,
    };
  }

  async function decide(
    compiled: CompiledIntegration,
    number: string | null,
  ): Promise<Pick<Decision, 'destinations' | 'fallbackReason'>> {
    const { id, staticNumber } = compiled.integration;
    try {
      return await routes.decide(id, { number, contact: contactOf(compiled, number), fields: {} });
    } catch (error) {
      // The desk was changed in this very moment: the integration is gone, its caller is not.
      logger.error('A transfer could not be decided', { integrationId: id, problem: messageOf(error) });
      return { destinations: [staticNumber], fallbackReason: 'The destination could not be decided.' };
    }
  }

  function contactOf(compiled: CompiledIntegration, number: string | null): RouteFacts['contact'] {
    if (number === null || !needsContact(number, compiled)) return unknownContact;
    try {
      return contacts.facts(number);
    } catch (error) {
      logger.error('A contact could not be looked up', { problem: messageOf(error) });
      return unknownContact;
    }
  }

  async function record(request: IncomingMessage, answer: Answer, startedAt: number): Promise<void> {
    const { requestBody } = answer;
    const row: WebhookRequest = {
      direction: 'in',
      at: startedAt,
      method: request.method ?? '',
      url: maskedPath(request.url ?? ''),
      status: answer.status,
      ms: clock.now() - startedAt,
      requestBody: requestBody === undefined ? null : recordedBody(requestBody),
      answerBody: answer.status === null ? null : answer.json,
      callId: null,
      integrationId: answer.integrationId ?? null,
      fallbackReason: answer.fallbackReason ?? null,
      problem: answer.problem ?? null,
    };
    try {
      await recorder.write(() => webhookRequests.insert(row));
    } catch (error) {
      logger.error('A transfer request could not be recorded', { problem: messageOf(error) });
    }
  }
}

/**
 * Finds integrations by the SHA-256 of their router key: how long a comparison takes then tells nothing about the keys.
 * Made anew when another desk is in force.
 */
function routerKeyIndex(desk: () => CompiledDesk): (key: string | null) => CompiledIntegration | undefined {
  let indexed: CompiledDesk | undefined;
  let byDigest: ReadonlyMap<string, CompiledIntegration> = new Map();
  return (key) => {
    const current = desk();
    if (current !== indexed) {
      byDigest = new Map(
        [...current.integrationByRouterKey].map(([routerKey, compiled]) => [digestOf(routerKey), compiled]),
      );
      indexed = current;
    }
    return key === null ? undefined : byDigest.get(digestOf(key));
  };
}

function digestOf(routerKey: string): string {
  return hash('sha256', routerKey, 'base64');
}

/** What stands between /transfer/ and the query, a slash at its end left out. */
function afterPrefix(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.slice(prefix.length, path.endsWith('/') ? -1 : undefined);
}

function routerKeyIn(url: string): string | null {
  if (!url.startsWith(prefix)) return null;
  const key = afterPrefix(url);
  return key.length > longestKey || key.includes('/') ? null : key;
}

/** The path for the record: a router key is a secret, so only its last four characters are kept, and no query. */
function maskedPath(url: string): string {
  return `${prefix}…${afterPrefix(url).slice(-4)}`;
}

/** Whether so much of a body is still to come that it should not be read to its end only to reach the next request. */
function bodyIsUnwanted(request: IncomingMessage): boolean {
  if (request.complete) return false;
  const length = request.headers['content-length'];
  return length === undefined ? 'transfer-encoding' in request.headers : Number(length) > largestBody;
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, json: JSON.stringify({ error: { code, message } }), problem: code };
}
