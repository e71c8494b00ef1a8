import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Recorder } from '../calls/recorder.ts';
import type {
  RecordedTransfer,
  WebhookRequest,
  WebhookRequestQueries,
} from '../database/webhook-requests.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever, messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { CompiledIntegration } from '../routing/compile-rules.ts';
import { readSmallBody } from './read-small-body.ts';
import { recordedBody } from './recorded-body.ts';
import type { RefusalBudget } from './refusal-budget.ts';
import { routerKeyIndex } from './router-keys.ts';
import { sendJson, sendJsonAndClose } from './send-json.ts';

export interface RouterWebhookDeps {
  desk: () => CompiledDesk;
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
export interface RouterAnswer {
  /** null: the client has gone, and nothing can be sent. */
  status: number | null;
  json: string;
  /** The rest of the request is not wanted: the connection is closed after the answer. */
  closes?: boolean;
  requestBody?: string;
  integrationId?: string;
  fallbackReason?: string | undefined;
  problem?: string;
  transfer?: RecordedTransfer;
  /** Written with the request, in one group commit. May run more than once. */
  alsoWrites?: () => void;
}

/** A JSON object that came with a known router key. */
export interface RouterRequest {
  compiled: CompiledIntegration;
  body: Readonly<Record<string, unknown>>;
  query: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** What stands behind the router key. */
export interface RouterPath {
  /** "" or what follows the key, like "vapi". */
  name: string;
  /** What to send, for the words of a refusal. */
  example: string;
  /** In bytes. */
  largestBody: number;
  /** Refuses who can't prove to be the platform, before the body is looked at. */
  refuse?(text: string, headers: IncomingHttpHeaders, integrationId: string): RouterAnswer | undefined;
  answer(request: RouterRequest): RouterAnswer | Promise<RouterAnswer>;
}

export interface RouterDoor {
  /** Begins and ends with a slash. */
  prefix: string;
  paths: readonly RouterPath[];
}

const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const defaultBodyTimeoutMs = 5_000;

const notFound = refusal(404, 'not_found', 'No integration has this address; copy it again from Patchbay.');
const tooSlow = {
  ...refusal(408, 'too_slow', 'The body did not arrive in time; send it at once.'),
  closes: true,
};
const gone: RouterAnswer = {
  status: null,
  json: '',
  problem: 'the client hung up before its request was complete',
};

/**
 * POST <prefix><routerKey>[/<path>], with all that the Router's doors have in common: method, key, type, size and time of
 * the request, JSON in and out, and the record. A plain node:http handler, because a caller waits for this answer. Every
 * request is on disk before its answer; when the database can't be written, the answer goes out all the same.
 */
export function createRouterWebhook(
  deps: RouterWebhookDeps,
  { prefix, paths }: RouterDoor,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { desk, recorder, webhookRequests, refusals, clock, logger } = deps;
  const bodyTimeoutMs = deps.bodyTimeoutMs ?? defaultBodyTimeoutMs;
  const integrationOf = routerKeyIndex(desk);
  const pathNamed = new Map(paths.map((path) => [path.name, { ...path, ...refusalsOf(path) }]));
  const names = paths.map(({ name }) => name).filter((name) => name !== '');
  const unknownPath = refusal(
    404,
    names.length === 0 ? 'not_found' : 'unknown_dialect',
    names.length === 0
      ? 'Nothing stands behind the key of this address; copy it again from Patchbay.'
      : `Patchbay does not speak what stands behind the key. It speaks ${names.join(', ')}, or CallCow’s way without an ending.`,
  );
  const wrongMethod = refusal(405, 'method_not_allowed', `Use POST and ${paths[0]?.example ?? 'send JSON'}.`);
  const largestOfAll = Math.max(...paths.map(({ largestBody }) => largestBody));

  return (request, response) => {
    void handle(request, response);
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = clock.now();
    const address = addressIn(request.url ?? '', prefix);
    const answer = await answerTo(request, address, startedAt);
    if (answer.integrationId !== undefined || refusals.take())
      await record(request, address, answer, startedAt);
    const { status, json } = answer;
    if (status === null) return;
    const headers: Record<string, string> = status === 405 ? { Allow: 'POST' } : {};
    if (answer.closes || bodyIsUnwanted(request, largestOfAll))
      sendJsonAndClose(request, response, status, json, headers);
    else sendJson(response, status, json, headers);
  }

  async function answerTo(
    request: IncomingMessage,
    address: Address,
    receivedAt: number,
  ): Promise<RouterAnswer> {
    // The method first: the answer to a wrong one must not tell whether the key exists.
    if (request.method !== 'POST') return wrongMethod;
    const compiled = integrationOf(address.key);
    if (compiled === undefined) return notFound;
    const integrationId = compiled.integration.id;
    const path = pathNamed.get(address.below);
    if (path === undefined) return { ...unknownPath, integrationId };
    const type = request.headers['content-type'];
    if (type !== undefined && type !== 'application/json' && !jsonType.test(type)) {
      return { ...path.wrongType, integrationId };
    }
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return { ...encodedBody, integrationId };
    }
    const read = await readSmallBody(request, { maxBytes: path.largestBody, timeoutMs: bodyTimeoutMs });
    switch (read.kind) {
      case 'body': {
        const { text } = read;
        const asked = { compiled, query: address.query, receivedAt };
        const answer = await answerBody(path, text, request.headers, asked);
        return { ...answer, integrationId, requestBody: text };
      }
      case 'too-large':
        return { ...path.tooLarge, integrationId };
      case 'too-slow':
        return { ...tooSlow, integrationId };
      case 'aborted':
        return { ...gone, integrationId };
      default:
        return assertNever(read);
    }
  }

  async function answerBody(
    path: Path,
    text: string,
    headers: IncomingHttpHeaders,
    asked: Omit<RouterRequest, 'body'>,
  ): Promise<RouterAnswer> {
    const integrationId = asked.compiled.integration.id;
    try {
      const refused = path.refuse?.(text, headers, integrationId);
      if (refused !== undefined) return refused;
      const body = parsed(text);
      return typeof body === 'string' ? path[body] : await path.answer({ ...asked, body });
    } catch (thrown) {
      // A platform that is told so at once can go its own way with the caller.
      logger.error('A request of a platform could not be answered', {
        integrationId,
        problem: messageOf(thrown),
      });
      return failed;
    }
  }

  async function record(
    request: IncomingMessage,
    address: Address,
    answer: RouterAnswer,
    startedAt: number,
  ): Promise<void> {
    const { requestBody, transfer, alsoWrites } = answer;
    const row: WebhookRequest = {
      direction: 'in',
      at: startedAt,
      method: request.method ?? '',
      url: masked(address),
      status: answer.status,
      ms: clock.now() - startedAt,
      requestBody: requestBody === undefined ? null : recordedBody(requestBody),
      answerBody: answer.status === null ? null : answer.json,
      callId: null,
      integrationId: answer.integrationId ?? null,
      fallbackReason: answer.fallbackReason ?? null,
      problem: answer.problem ?? null,
    };
    if (transfer !== undefined) row.transfer = transfer;
    try {
      await recorder.write(() => {
        webhookRequests.insert(row);
        alsoWrites?.();
      });
    } catch (error) {
      logger.error('A request of a platform could not be recorded', { problem: messageOf(error) });
    }
  }

  /** The path for the record: a router key is a secret, so only its last four characters are kept, and no query. */
  function masked({ key, below }: Address): string {
    const ending = below === '' ? '' : pathNamed.has(below) ? `/${below}` : '/…';
    return `${prefix}…${key.slice(-4)}${ending}`;
  }
}

export function refusal(status: number, code: string, message: string): RouterAnswer {
  return { status, json: JSON.stringify({ error: { code, message } }), problem: code };
}

const failed = refusal(500, 'failed', 'Something went wrong inside Patchbay; its log says more.');
const encodedBody = refusal(
  415,
  'unsupported_encoding',
  'Send the JSON as it is, without a Content-Encoding.',
);

type Path = RouterPath & ReturnType<typeof refusalsOf>;

function refusalsOf({ example, largestBody }: RouterPath) {
  const size = largestBody < 1024 * 1024 ? `${largestBody / 1024} kB` : `${largestBody / 1024 / 1024} MB`;
  return {
    wrongType: refusal(415, 'unsupported_media_type', `Only JSON is read; ${example} as application/json.`),
    notJson: refusal(400, 'not_json', `The body is not JSON; ${example}.`),
    noObject: refusal(400, 'not_an_object', `The body is JSON but not an object; ${example}.`),
    tooLarge: {
      ...refusal(413, 'too_large', `The body is larger than ${size}; ${example}.`),
      closes: true,
    },
  };
}

function parsed(text: string): RouterRequest['body'] | 'notJson' | 'noObject' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'notJson';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'noObject';
  return value as RouterRequest['body'];
}

interface Address {
  key: string;
  /** What follows the key, without the slashes around it. */
  below: string;
  query: string;
}

function addressIn(url: string, prefix: string): Address {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const rest = path.slice(prefix.length, path.endsWith('/') ? -1 : undefined);
  const slash = rest.indexOf('/');
  const query = mark === -1 ? '' : url.slice(mark + 1);
  if (slash === -1) return { key: rest, below: '', query };
  return { key: rest.slice(0, slash), below: rest.slice(slash + 1), query };
}

/** Whether so much of a body is still to come that it should not be read to its end only to reach the next request. */
function bodyIsUnwanted(request: IncomingMessage, largest: number): boolean {
  if (request.complete) return false;
  const length = request.headers['content-length'];
  return length === undefined ? 'transfer-encoding' in request.headers : Number(length) > largest;
}
