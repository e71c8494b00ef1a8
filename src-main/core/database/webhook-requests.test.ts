import { expect, it } from 'vitest';
import { memoryDatabase } from './testing.ts';
import { type WebhookRequest, WebhookRequestQueries } from './webhook-requests.ts';

const request: WebhookRequest = {
  direction: 'in',
  at: 1_000,
  method: 'POST',
  url: '/transfer',
  status: 200,
  ms: 0.42,
  requestBody: '{"number":"+14165557777"}',
  answerBody: '{"transferNumber":"+14165551234"}',
  callId: null,
  integrationId: 'front-desk',
  fallbackReason: 'it answered 500',
  problem: null,
};

it('keeps webhook requests of both directions, the newest first, and finds those of a call', () => {
  const requests = new WebhookRequestQueries(memoryDatabase());
  const outgoing: WebhookRequest = {
    ...request,
    direction: 'out',
    status: null,
    callId: 'a',
    problem: 'no answer',
  };
  requests.insert(request);
  requests.insert(outgoing);
  requests.insert({ ...outgoing, callId: 'b' });
  expect(requests.list({ limit: 2 })).toEqual([
    { ...outgoing, id: 3, callId: 'b' },
    { ...outgoing, id: 2 },
  ]);
  expect(requests.list({ limit: 9 }).at(-1)).toEqual({ ...request, id: 1 });
  expect(requests.ofCall('a')).toEqual([{ ...outgoing, id: 2 }]);
});
