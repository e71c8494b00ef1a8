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

it('gives back what was gone by, of transfers that led to a destination at once', () => {
  const { requests, transfers } = queries();
  const wentBy = {
    fields: { city: 'Montréal' },
    known: true,
    seen: { tags: ['vip'], resting: ['+1416555'] },
  };
  const told = { platform: 'CallCow', fromStart: false, fields: {} };
  requests.insert(request);
  requests.insert({ ...request, at: 2_000, transfer: { ...transfer, wentBy } });
  requests.insert({ ...request, at: 3_000, transfer: { ...transfer, told } });
  requests.insert({ ...request, at: 4_000, transfer, fallbackReason: 'No answer.' });
  const { dialect: _dialect, ...numbers } = transfer;
  const past = { ...numbers, integrationId: 'front-desk' };
  const last = { ...past, at: 4_000, fallbackReason: 'No answer.', wentBy: { fields: {}, known: false } };
  expect(transfers.past(9)).toEqual([last, { ...past, at: 2_000, fallbackReason: null, wentBy }]);
  expect(transfers.past(1)).toEqual([last]);
});

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
      isAwaited: false,
      problem: null,
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
    transfers.open({ integrationId: 'front-desk', caller, since, until: 3_000, sameCallMs: 500 });
  expect(open(transfer.caller)).toEqual([{ id: 1, at: 1_000 }]);
  expect(open(null)).toEqual([{ id: 2, at: 2_000 }]);
  expect(open(null, 2_500)).toEqual([]);
  expect(transfers.keep('front-desk', call, 1)).toBe(true);
  expect(open(transfer.caller)).toEqual([]);
});

it('counts what was asked twice for one call as joined, for the same caller alone', () => {
  const { requests, transfers } = queries();
  for (const at of [1_000, 1_500, 2_001]) requests.insert({ ...request, at, transfer });
  requests.insert({ ...request, at: 1_400, transfer: { ...transfer, caller: '+14165550177' } });
  requests.insert({ ...request, at: 1_400, transfer: { ...transfer, caller: null } });
  const open = (caller: string | null) =>
    transfers
      .open({ integrationId: 'front-desk', caller, since: 0, until: 3_000, sameCallMs: 500 })
      .map(({ at }) => at);
  expect(open(transfer.caller)).toEqual([2_001, 1_500, 1_000]);
  transfers.keep('front-desk', call, 2);
  expect(open(transfer.caller)).toEqual([2_001]);
  expect(open('+14165550177')).toEqual([1_400]);
  expect(open(null)).toEqual([1_400]);
});

it('lists the platforms’ calls, those without a transfer among them, page by page', () => {
  const { requests, transfers } = queries();
  requests.insert({ ...request, transfer });
  transfers.keep('front-desk', call, 1);
  transfers.keep('front-desk', { ...call, callId: 'c2', from: null, summary: 'No transfer.' }, null);
  const { context: _, ...shown } = call;
  const joined = { ...shown, id: 1, integrationId: 'front-desk', transferId: 1 };
  const alone = { ...joined, id: 2, callId: 'c2', from: null, summary: 'No transfer.', transferId: null };
  expect(transfers.platformCalls({ limit: 9 })).toEqual([alone, joined]);
  expect(transfers.platformCalls({ limit: 1 })).toEqual([alone]);
  expect(transfers.platformCalls({ limit: 9, before: 2 })).toEqual([joined]);
  expect(transfers.platformCalls({ limit: 9, before: 1 })).toEqual([]);
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

it('finds the transfers that were answered with a hand-over number, and what the platform told with each', () => {
  const { requests, transfers } = queries();
  const told = { platform: 'Vapi', fromStart: false, fields: { department: 'billing' }, reason: 'A bill' };
  requests.insert({ ...request, at: 1_000, transfer: { ...transfer, told } });
  requests.insert({ ...request, at: 2_000, transfer });
  requests.insert({ ...request, at: 3_000, transfer: { ...transfer, told } });
  requests.insert({ ...request, at: 3_000, transfer: { ...transfer, destination: '+14165550177', told } });
  transfers.becameCall(3, 'a-call');
  const found = (since: number) => transfers.awaitedAt(transfer.destination, since);
  expect(found(0)).toMatchObject([
    { id: 3, callId: 'a-call' },
    { id: 1, callId: null, caller: transfer.caller, told },
  ]);
  expect(found(1_001).map(({ id }) => id)).toEqual([3]);
  expect(transfers.ofCall('a-call')).toMatchObject({ id: 3, isAwaited: true, platformCall: null });
  expect(transfers.ofCall('another')).toBeUndefined();
});
