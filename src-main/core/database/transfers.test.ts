import { expect, it } from 'vitest';
import { memoryDatabase } from './testing.ts';
import { TransferQueries } from './transfers.ts';
import { type WebhookRequest, WebhookRequestQueries } from './webhook-requests.ts';

const request: WebhookRequest = {
  direction: 'in',
  at: 1_000,
  method: 'POST',
  url: '/transfer/…kkkk',
  status: 200,
  ms: 0.4,
  requestBody: null,
  answerBody: null,
  callId: null,
  integrationId: 'front-desk',
  fallbackReason: null,
  problem: null,
};
const transfer = {
  dialect: 'callcow' as const,
  caller: '+14165550142',
  called: null,
  destination: '+14165551234',
};
const call = {
  callId: 'c1',
  workflowId: null,
  workflowName: null,
  from: transfer.caller,
  to: null,
  status: 'success',
  summary: 'A leak.',
  transcript: [{ role: 'user', content: 'Hi' }],
  form: { name: 'Jo' },
  createdAt: null,
  receivedAt: 5_000,
  context: '',
};

function queries() {
  const db = memoryDatabase();
  return { requests: new WebhookRequestQueries(db), transfers: new TransferQueries(db) };
}

it('lists the requests that got a destination, and no others', () => {
  const { requests, transfers } = queries();
  requests.insert(request);
  requests.insert({ ...request, at: 2_000, transfer });
  requests.insert({ ...request, at: 2_000, transfer: { ...transfer, caller: null } });
  expect(transfers.list({ limit: 9 }).map(({ id }) => id)).toEqual([3, 2]);
  expect(transfers.list({ limit: 9, before: 3 })).toEqual([
    {
      id: 2,
      at: 2_000,
      integrationId: 'front-desk',
      ...transfer,
      fallbackReason: null,
      callId: null,
      platformCall: null,
    },
  ]);
});

it('finds the open transfers of one caller, or of withheld ones, until each is joined', () => {
  const { requests, transfers } = queries();
  requests.insert({ ...request, transfer });
  requests.insert({ ...request, at: 2_000, transfer: { ...transfer, caller: null } });
  requests.insert({ ...request, integrationId: 'other', transfer });
  const open = (caller: string | null, since = 0) =>
    transfers.open({ integrationId: 'front-desk', caller, since, until: 3_000 });
  expect(open(transfer.caller)).toEqual([{ id: 1, at: 1_000 }]);
  expect(open(null)).toEqual([{ id: 2, at: 2_000 }]);
  expect(open(null, 2_500)).toEqual([]);
  expect(transfers.keep('front-desk', call, 1)).toBe(true);
  expect(open(transfer.caller)).toEqual([]);
});

it('keeps a platform’s call once for each integration, and shows it on its transfer', () => {
  const { requests, transfers } = queries();
  requests.insert({ ...request, transfer });
  expect(transfers.keep('front-desk', call, 1)).toBe(true);
  expect(transfers.keep('front-desk', { ...call, summary: 'Another.' }, null)).toBe(false);
  expect(transfers.keep('other', call, null)).toBe(true);
  const { context: _, ...shown } = call;
  expect(transfers.ofPlatformCall('front-desk', 'c1')?.platformCall).toEqual(shown);
  expect(transfers.ofPlatformCall('other', 'c1')).toBeUndefined();
});

it('remembers the call of Patchbay’s own that a transfer became', () => {
  const { requests, transfers } = queries();
  requests.insert({ ...request, transfer });
  requests.insert(request);
  transfers.becameCall(1, 'a-call');
  transfers.becameCall(2, 'a-call');
  expect(transfers.list({ limit: 9 })).toMatchObject([{ id: 1, callId: 'a-call' }]);
  expect(requests.ofCall('a-call').map(({ id }) => id)).toEqual([1]);
});
