import type { IncomingMessage, ServerResponse } from 'node:http';
import { type KeepPlatformCallDeps, keepPlatformCall } from '../platform-calls/keep-platform-call.ts';
import { readPlatformCall } from '../platform-calls/read-platform-call.ts';
import { createRouterWebhook, type RouterWebhookDeps, refusal } from './router-webhook.ts';

export interface CallsWebhookDeps extends RouterWebhookDeps, KeepPlatformCallDeps {}

/** A call comes with its whole transcript. */
const largestBody = 1024 * 1024;

const ok = { status: 200, json: '{"ok":true}' };
const noCallId = refusal(
  400,
  'no_call_id',
  'There is no "call_id", by which Patchbay knows a call that is sent twice.',
);

/**
 * POST /calls/<routerKey>: where CallCow tells of a call that has ended. It is kept once, however often it is sent, and
 * joined with the transfer that it belongs to; no contact is made for it.
 */
export function createCallsWebhook(
  deps: CallsWebhookDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  return createRouterWebhook(deps, {
    prefix: '/calls/',
    paths: [
      {
        name: '',
        example: 'send the call as {"call_id": "…", "phone_number_from": "+14165551234", …}',
        largestBody,
        answer({ compiled, body, receivedAt }) {
          const { id, staticNumber } = compiled.integration;
          const call = readPlatformCall(body, staticNumber, receivedAt);
          if (call === null) return noCallId;
          return { ...ok, alsoWrites: () => keepPlatformCall(deps, id, call) };
        },
      },
    ],
  });
}
