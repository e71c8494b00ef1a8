import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision } from '../../../src-preload/contract/calls.ts';
import type { AwaitedCalls, HandOverNumber } from '../awaited-calls/awaited-calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { RecordedTransfer } from '../database/webhook-requests.ts';
import { messageOf } from '../errors.ts';
import { callerNumberOf } from '../routing/caller-number.ts';
import type { CompiledIntegration } from '../routing/compile-rules.ts';
import type { RouteFacts } from '../routing/route-facts.ts';
import type { RouteService } from '../routing/route-service.ts';
import type { AskedTransfer, Dialect, Reading } from './dialects/dialect.ts';
import { dialects } from './dialects/dialects.ts';
import { wordsIn } from './dialects/told-words.ts';
import type { PlatformKeys } from './platform-keys.ts';
import {
  createRouterWebhook,
  type RouterAnswer,
  type RouterPath,
  type RouterRequest,
  type RouterWebhookDeps,
} from './router-webhook.ts';

export interface TransferWebhookDeps extends RouterWebhookDeps {
  routes: Pick<RouteService, 'decide'>;
  contacts: Pick<ContactQueries, 'facts'>;
  platformKeys: Pick<PlatformKeys, 'refuse'>;
  awaited: Pick<AwaitedCalls, 'numberFor'>;
}

type Facts = Omit<RouteFacts, 'contact' | 'now'>;
type Decided = Pick<Decision, 'destinations'> &
  Pick<RecordedTransfer, 'wentBy'> & { fallbackReason: string | undefined };

const unknownContact: RouteFacts['contact'] = { known: false, tags: [] };
const nothing: RouterAnswer = { status: 200, json: '{}' };

/** Platforms that send a whole call along, with its transcript, need more room than a number does. */
const largestBody = 64 * 1024;
const largestDialectBody = 1024 * 1024;

/**
 * The Router's front door. POST /transfer/<routerKey>: `{"number"}` → 200 `{"transferNumber"}`, the contract of CallCow's
 * Dynamic Transfer; POST /transfer/<routerKey>/<dialect>: the same decision in the words of another platform. Whoever
 * holds a router key, and signs where the platform does, and sends JSON gets a destination, whatever fails here.
 */
export function createTransferWebhook(
  deps: TransferWebhookDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { routes, contacts, platformKeys, awaited, logger } = deps;
  return createRouterWebhook(deps, {
    prefix: '/transfer/',
    paths: [plainPath(), ...Object.values(dialects).map(dialectPath)],
  });

  /** CallCow's way, made for speed: a platform's caller waits. */
  function plainPath(): RouterPath {
    return {
      name: '',
      example: dialects.callcow.example,
      largestBody,
      async answer({ compiled, body }) {
        const { staticNumber } = compiled.integration;
        const number = callerNumberOf(body.number, staticNumber);
        const handOver = handOverNumberOf(compiled);
        if (handOver.kind === 'ready') {
          const { platform } = dialects.callcow;
          return {
            status: 200,
            json: JSON.stringify({ transferNumber: handOver.number }),
            transfer: {
              dialect: 'callcow',
              caller: number,
              called: null,
              destination: handOver.number,
              told: { platform, fromStart: false, fields: {} },
            },
          };
        }
        const facts: Facts = { number, fields: {}, called: null, workflowId: null };
        const { destinations, fallbackReason, wentBy } = await decide(compiled, facts);
        const destination = destinations[0] ?? staticNumber;
        return {
          status: 200,
          json: JSON.stringify({ transferNumber: destination }),
          fallbackReason,
          ...problemOf(handOver),
          transfer: { dialect: 'callcow', caller: number, called: null, destination, wentBy },
        };
      },
    };
  }

  function dialectPath(dialect: Dialect): RouterPath {
    const { id, example, signature } = dialect;
    return {
      name: id,
      example,
      largestBody: largestDialectBody,
      ...(signature === undefined
        ? {}
        : {
            refuse: (text, headers, integrationId) =>
              platformKeys.refuse(dialect.platform, signature, { text, headers }, integrationId),
          }),
      answer: (request) => answerIn(dialect, request),
    };
  }

  async function answerIn(dialect: Dialect, { compiled, body, query }: RouterRequest): Promise<RouterAnswer> {
    const asked = readingOf(dialect, body, new URLSearchParams(query));
    if (asked.kind === 'notice') return nothing;
    const { staticNumber, name: integrationName } = compiled.integration;
    const { fields } = asked;
    const facts: Facts = {
      number: firstNumber(asked.callers, staticNumber),
      fields,
      called: firstNumber(asked.called),
      workflowId: null,
    };
    const transferTo = (destination: string) => ({
      status: 200,
      json: JSON.stringify(asked.answer({ destination, integrationName, fields })),
      transfer: { dialect: dialect.id, caller: facts.number, called: facts.called, destination },
    });
    const handOver = handOverNumberOf(compiled);
    if (handOver.kind === 'ready') {
      const answer = transferTo(handOver.number);
      const { platform } = dialect;
      const told = { platform, fromStart: asked.fromStart ?? false, fields, ...wordsIn(fields) };
      return { ...answer, transfer: { ...answer.transfer, told } };
    }
    const decided = await inTime(decide(compiled, facts), dialect, asked, compiled);
    const { destinations, fallbackReason, wentBy } = decided;
    const answer = transferTo(destinations[0] ?? staticNumber);
    return {
      ...answer,
      transfer: { ...answer.transfer, wentBy },
      fallbackReason,
      ...problemOf(handOver),
    };
  }

  /** Of a body that can't be read nothing is known, and its caller gets a destination all the same. */
  function readingOf(dialect: Dialect, body: RouterRequest['body'], query: URLSearchParams): Reading {
    try {
      return dialect.read(body, query);
    } catch (error) {
      logger.error('A platform’s request could not be read', {
        dialect: dialect.id,
        problem: messageOf(error),
      });
      return dialect.read({}, query);
    }
  }

  /** Nothing is decided, and no turn taken, for a caller who comes to Patchbay itself. */
  function handOverNumberOf({ integration }: CompiledIntegration): HandOverNumber {
    try {
      return awaited.numberFor(integration);
    } catch (error) {
      const problem = messageOf(error);
      logger.error('The hand-over number could not be looked at', { integrationId: integration.id, problem });
      return { kind: 'out-of-reach', problem: `The hand-over number could not be looked at: ${problem}` };
    }
  }

  async function decide(compiled: CompiledIntegration, facts: Facts): Promise<Decided> {
    const { id, staticNumber } = compiled.integration;
    try {
      const contact = contactOf(facts);
      const { destinations, fallbackReason, seen } = await routes.decide(id, { ...facts, contact });
      return { destinations, fallbackReason, wentBy: wentByOf(facts, contact, seen) };
    } catch (error) {
      // The desk was changed in this very moment: the integration is gone, its caller is not.
      logger.error('A transfer could not be decided', { integrationId: id, problem: messageOf(error) });
      return { destinations: [staticNumber], fallbackReason: 'The destination could not be decided.' };
    }
  }

  function contactOf({ number }: Facts): RouteFacts['contact'] {
    if (number === null) return unknownContact;
    try {
      return contacts.facts(number);
    } catch (error) {
      logger.error('A contact could not be looked up', { problem: messageOf(error) });
      return unknownContact;
    }
  }
}

/** What the time machine cannot tell from the rest of the record; most callers leave nothing. */
function wentByOf(
  { fields }: Facts,
  { known }: RouteFacts['contact'],
  seen: Decision['seen'],
): RecordedTransfer['wentBy'] {
  const isNothing = !known && seen === undefined && Object.keys(fields).length === 0;
  return isNothing ? undefined : { fields, known, seen };
}

/** The decision, or the static number when the platform would not wait for it: only a dynamic webhook takes so long. */
function inTime(
  decision: Promise<Decided>,
  { platform }: Dialect,
  { withinMs }: AskedTransfer,
  { integration: { dynamic, staticNumber } }: CompiledIntegration,
): Promise<Decided> {
  if (withinMs === null || dynamic?.webhook === undefined) return decision;
  return new Promise((resolve) => {
    const tooLate: Decided = {
      destinations: [staticNumber],
      fallbackReason: `The dynamic webhook failed: it did not answer within the ${withinMs / 1000} s that ${platform} leaves.`,
    };
    const timer = setTimeout(resolve, withinMs, tooLate);
    void decision.then((decided) => {
      clearTimeout(timer);
      resolve(decided);
    });
  });
}

/** The first that is a phone number, in E.164; null: none is, so the caller withheld theirs. */
function firstNumber(raw: readonly unknown[], homeNumber?: string): string | null {
  for (const value of raw) {
    const number = callerNumberOf(value, homeNumber);
    if (number !== null) return number;
  }
  return null;
}

function problemOf(handOver: HandOverNumber): Pick<RouterAnswer, 'problem'> {
  return handOver.kind === 'out-of-reach' ? { problem: handOver.problem } : {};
}
