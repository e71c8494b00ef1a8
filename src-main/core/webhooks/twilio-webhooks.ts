import type { AsyncLocalStorage } from 'node:async_hooks';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { CallService } from '../calls/call-service.ts';
import { phrasesFor } from '../calls/phrases.ts';
import type { Recorder } from '../calls/recorder.ts';
import { UnknownStepError } from '../calls/step-answers.ts';
import { roomOf } from '../calls/warm-transfer.ts';
import type { WebhookRequestQueries } from '../database/webhook-requests.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { DestinationService } from '../destinations/destination-service.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { PromiseService } from '../promises/promise-service.ts';
import { callerNumberOf } from '../routing/caller-number.ts';
import { hangUpTwiml, lastResortTwiml, putThroughTwiml, talkTwiml } from '../twilio/twiml.ts';
import type { SigningTokens } from './auth-tokens.ts';
import { callbackDialWebhook, callbackKeyWebhook, callbackLegWebhook } from './callback-webhooks.ts';
import { destinationTestWebhook } from './destination-test-webhook.ts';
import { dialEndedWebhook } from './dial-ended-webhook.ts';
import { legWebhook } from './leg-webhook.ts';
import { callbackPath, destinationTestPath, statusPath, voicePath } from './links.ts';
import { keyPressedWebhook, pickedUpWebhook } from './picked-up-webhook.ts';
import { recordedBody } from './recorded-body.ts';
import type { RefusalBudget } from './refusal-budget.ts';
import { relayEndedWebhook } from './relay-ended-webhook.ts';
import { sourceOf } from './signature.ts';
import { statusWebhook } from './status-webhook.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { voiceParams } from './twilio-params.ts';
import { voiceWebhook } from './voice-webhook.ts';
import { voicemailWebhook } from './voicemail-webhook.ts';
import { joinWebhook, talkWebhook, waitEndedWebhook } from './warm-webhooks.ts';

export interface TwilioWebhooksDeps {
  calls: CallService;
  destinations: Pick<DestinationService, 'keyPressed'>;
  promises: Pick<PromiseService, 'keyPressed' | 'callerLeg' | 'dialEnded'>;
  desk: () => CompiledDesk;
  /** The auth tokens with which Twilio may sign. */
  tokens: SigningTokens;
  /** The public origins that Twilio was told; signatures are checked against them whatever a request claims. */
  origins: () => readonly string[];
  /** Holds, while a request is answered, under which of them Twilio sent it. */
  askedAt: Pick<AsyncLocalStorage<string>, 'run'>;
  recorder: Pick<Recorder, 'write'>;
  webhookRequests: Pick<WebhookRequestQueries, 'insert'>;
  refusals: RefusalBudget;
  clock: Clock;
  logger: Logger;
}

type Handler = (
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  count: number,
  token: string,
  /** A phone among those that a dial rings at once, and how often it was asked for a key; both from 1. */
  place: { leg: number; time: number },
) => Promise<TwilioAnswer>;

/** What Twilio is told when a handler fails. */
type LastResort = (deps: TwilioWebhooksDeps, fields: TwilioFields, named: InPath) => string;

/** Twilio's own bodies are a few kB. */
const bodyLimit = '64kb';

const ofCall = '/twilio/calls/:callId';
const counted = z
  .string()
  .regex(/^[1-9]\d{0,3}$/)
  .transform(Number)
  .default(1);
/**
 * `count` numbers the relay sessions and the dials of a call from 1, `token` stands for a test call. A path that names
 * none of them leads to a call that Twilio's own SID names, or to none.
 */
const callInPath = z.object({
  callId: z.uuid().default(''),
  count: counted,
  leg: counted,
  time: counted,
  token: z.string().max(200).default(''),
});
type InPath = z.infer<typeof callInPath>;

/** Everything under /twilio/ that answers HTTP: signed requests get TwiML, all others 403 and nothing is recorded as a call. */
export function twilioWebhooks(deps: TwilioWebhooksDeps): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  router.use('/twilio', express.urlencoded({ extended: false, limit: bodyLimit }), refuseUnsigned(deps));
  router.post(voicePath, answerWith(deps, voiceWebhook));
  router.post(statusPath, answerWith(deps, statusWebhook));
  router.post(`${ofCall}/relay/:count`, answerWith(deps, relayEndedWebhook));
  router.post(`${ofCall}/dial/:count`, answerWith(deps, dialEndedWebhook));
  // A call of before the update knows no legs.
  for (const path of [`${ofCall}/leg/:count`, `${ofCall}/leg/:count/:leg`]) {
    router.post(path, answerWith(deps, legOf));
  }
  router.post(
    `${ofCall}/warm/:count/over`,
    answerWith(deps, (calls, fields, callId, dial) => waitEndedWebhook(calls, fields, callId, dial)),
  );
  router.post(
    `${ofCall}/warm/:count/talk`,
    answerWith(deps, (calls, _fields, callId, dial) => talkWebhook(calls, callId, dial), joinAnyway),
  );
  router.post(`${ofCall}/warm/:count/:leg/status`, answerWith(deps, warmLegOf));
  router.post(`${ofCall}/warm/:count/:leg`, answerWith(deps, pickedUpWarm, joinAnyway));
  router.post(`${ofCall}/warm/:count/:leg/key/:time`, answerWith(deps, keyAtWarm, joinAnyway));
  router.post(`${ofCall}/warm/:count/:leg/join`, answerWith(deps, joins, joinAnyway));
  router.post(
    `${ofCall}/screen/:count/:leg`,
    answerWith(deps, pickedUp, () => putThroughTwiml()),
  );
  router.post(
    `${ofCall}/screen/:count/:leg/key/:time`,
    answerWith(deps, keyAt, () => putThroughTwiml()),
  );
  router.post(`${ofCall}/voicemail`, answerWith(deps, voicemailWebhook));
  const keyPressed: Handler = (_calls, fields, _callId, _count, token) =>
    destinationTestWebhook(deps.destinations, fields, token);
  router.post(destinationTestPath(':token'), answerWith(deps, keyPressed));
  const ofCallback =
    (webhook: typeof callbackKeyWebhook): Handler =>
    (_calls, fields, _callId, _count, token) =>
      webhook(deps.promises, fields, token);
  router.post(callbackPath(':token', 'key'), answerWith(deps, ofCallback(callbackKeyWebhook)));
  router.post(callbackPath(':token', 'leg'), answerWith(deps, ofCallback(callbackLegWebhook)));
  router.post(callbackPath(':token', 'dial'), answerWith(deps, ofCallback(callbackDialWebhook)));
  router.use('/twilio', refuseUnreadable(deps));
  return router;
}

const legAt =
  (warm: boolean): Handler =>
  (calls, fields, callId, dial, _token, { leg }) =>
    legWebhook(calls, fields, callId, { dial, leg, warm });
const legOf = legAt(false);
const warmLegOf = legAt(true);
const pickedUpAt =
  (warm: boolean): Handler =>
  (calls, _fields, callId, dial, _token, { leg }) =>
    pickedUpWebhook(calls, callId, { dial, leg, warm });
const pickedUp = pickedUpAt(false);
const pickedUpWarm = pickedUpAt(true);
const keyOf =
  (warm: boolean): Handler =>
  (calls, fields, callId, dial, _token, { leg, time }) =>
    keyPressedWebhook(calls, fields, callId, { dial, leg, warm }, time);
const keyAt = keyOf(false);
const keyAtWarm = keyOf(true);
const joins: Handler = (calls, _fields, callId, dial, _token, { leg }) =>
  joinWebhook(calls, callId, { dial, leg, warm: true });

function refuseUnsigned(deps: TwilioWebhooksDeps) {
  return (request: Request, response: Response, next: () => void): void => {
    const source = sourceOf(
      {
        path: request.originalUrl,
        signature: request.get('x-twilio-signature'),
        params: request.method === 'POST' ? fieldsOf(request) : {},
      },
      deps.origins(),
      deps.tokens.accepted(),
    );
    if (source === undefined) {
      refuse(deps, request, response, 403, 'The Twilio signature is missing or wrong.');
      return;
    }
    deps.tokens.sawSignedWith(source.signer);
    deps.askedAt.run(source.origin, next);
  };
}

/** A body that can't be read has no valid signature either; what is wrong with it is said all the same. */
function refuseUnreadable(deps: TwilioWebhooksDeps): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = z.object({ status: z.int().min(400).max(499) }).safeParse(error).data?.status ?? 400;
    refuse(deps, request, response, status, messageOf(error));
  };
}

function refuse(
  deps: TwilioWebhooksDeps,
  request: Request,
  response: Response,
  status: number,
  problem: string,
): void {
  if (deps.refusals.take()) {
    deps.logger.warn('A request to Twilio’s address was refused', { path: request.path, status, problem });
    void record(deps, { ...rowOf(deps, request), requestBody: null, status, problem });
  }
  response.status(status).type('text/plain').send(problem);
}

/** A failure of ours must not strand the caller: the static number is rung, or the human who picked up is put through. */
function answerWith(deps: TwilioWebhooksDeps, handler: Handler, lastResort: LastResort = ringStaticNumber) {
  return async (request: Request, response: Response): Promise<void> => {
    const startedAt = performance.now();
    const named = callInPath.safeParse(request.params);
    if (!named.success) {
      refuse(deps, request, response, 404, 'There is no such call.');
      return;
    }
    const { answer, problem } = await attempt(deps, handler, request, named.data, lastResort);
    const status = answer === null ? 400 : answer.twiml === null ? 204 : 200;
    const body = answer?.twiml ?? null;
    await record(deps, {
      ...rowOf(deps, request),
      status,
      ms: performance.now() - startedAt,
      answerBody: body === null ? null : recordedBody(body),
      callId: answer?.callId || null,
      problem,
    });
    if (answer === null)
      response
        .status(status)
        .type('text/plain')
        .send(problem ?? 'Bad request.');
    else if (body === null) response.status(status).end();
    else response.status(status).set('Content-Type', 'text/xml; charset=utf-8').send(body);
  };
}

async function attempt(
  deps: TwilioWebhooksDeps,
  handler: Handler,
  request: Request,
  named: InPath,
  lastResort: LastResort,
): Promise<{ answer: TwilioAnswer | null; problem: string | null }> {
  const fields = fieldsOf(request);
  const { callId, count, token, ...place } = named;
  try {
    return { answer: await handler(deps.calls, fields, callId, count, token, place), problem: null };
  } catch (thrown) {
    if (thrown instanceof z.ZodError) {
      const missing = thrown.issues.map(({ path }) => path.join('.')).join(', ');
      return { answer: null, problem: `Missing or unusable: ${missing}.` };
    }
    const problem = messageOf(thrown);
    if (thrown instanceof UnknownStepError) {
      deps.logger.warn('A caller is on the line whose call is not on record', { callId, step: thrown.step });
    } else {
      deps.logger.error('A webhook of Twilio’s failed', { path: request.path, problem });
    }
    return { answer: { callId, twiml: lastResort(deps, fields, named) }, problem };
  }
}

/** The caller waits in the conference for whoever comes. */
function joinAnyway(_deps: TwilioWebhooksDeps, _fields: TwilioFields, { callId, count }: InPath): string {
  return talkTwiml({ room: roomOf(callId, count) });
}

/** With TwiML that needs nothing more of us. */
function ringStaticNumber(deps: TwilioWebhooksDeps, fields: TwilioFields): string {
  const to = voiceParams.shape.To.safeParse(fields.To).data;
  const from = voiceParams.shape.From.safeParse(fields.From).data;
  const workflow = to === undefined ? undefined : deps.desk().workflowByNumber.get(to);
  const compiled = workflow && deps.desk().integrationById.get(integrationIdOf(workflow));
  const language = workflow?.language ?? 'en-US';
  if (compiled === undefined) return hangUpTwiml({ say: phrasesFor(language).sorryGoodbye, language });
  return lastResortTwiml({
    say: phrasesFor(language).apologyBeforeDial,
    language,
    destination: compiled.integration.staticNumber,
    callerId: callerNumberOf(from) ?? workflow?.number,
  });
}

async function record(
  deps: TwilioWebhooksDeps,
  row: Parameters<WebhookRequestQueries['insert']>[0],
): Promise<void> {
  try {
    await deps.recorder.write(() => deps.webhookRequests.insert(row));
  } catch (thrown) {
    deps.logger.error('A webhook could not be recorded', { problem: messageOf(thrown) });
  }
}

function rowOf(deps: TwilioWebhooksDeps, request: Request): Parameters<WebhookRequestQueries['insert']>[0] {
  return {
    direction: 'in',
    at: deps.clock.now(),
    method: request.method,
    url: request.originalUrl.slice(0, 500),
    status: null,
    ms: 0,
    // A CallToken lets its holder call with the caller’s number.
    requestBody: recordedBody(JSON.stringify({ ...fieldsOf(request), CallToken: undefined })),
    answerBody: null,
    callId: null,
    integrationId: null,
    fallbackReason: null,
    problem: null,
  };
}

function fieldsOf(request: Request): TwilioFields {
  return (request.body as TwilioFields | undefined) ?? {};
}
