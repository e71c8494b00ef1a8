import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../calls/recorder.ts';
import { type Db, openDatabase } from '../database/open-database.ts';
import { type OutboxItem, OutboxQueries } from '../database/outbox.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { WebhookRequestQueries } from '../database/webhook-requests.ts';
import { OutboundError } from '../errors.ts';
import type { OutboundAnswer, OutboundHttp } from '../ports.ts';
import { MAX_ATTEMPTS } from './back-off.ts';
import { OutboxWorker } from './outbox-worker.ts';

const good = 'https://good.example/calls';
const bad = 'https://bad.example/calls';
const ok: OutboundAnswer = { status: 204, headers: {}, body: '' };
type Answer = () => OutboundAnswer | Promise<OutboundAnswer>;

let folder: string;
let db: Db;
let outbox: OutboxQueries;
let requests: WebhookRequestQueries;
let recorder: Recorder;
let worker: OutboxWorker;
let clock: ReturnType<typeof handClock>;
let logger: ReturnType<typeof rememberingLogger>;
let notices: { title: string; body: string; callId?: string }[];
let sent: { url: string; body: string; options: Parameters<OutboundHttp['postJson']>[2] }[];
let answers: Map<string, Answer>;

const makeWorker = () =>
  new OutboxWorker({
    outbox,
    recorder,
    webhookRequests: requests,
    clock,
    logger,
    notifier: { notify: (notice) => notices.push(notice) },
    outbound: {
      postJson: async (url, body, options) => {
        sent.push({ url, body, options });
        return (answers.get(url) ?? (() => ok))();
      },
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-outbox-'));
  clock = handClock(1_000_000);
  logger = rememberingLogger();
  db = openDatabase(join(folder, 'patchbay.db'), { logger, clock });
  outbox = new OutboxQueries(db);
  requests = new WebhookRequestQueries(db);
  recorder = new Recorder(db, { logger, clock });
  notices = [];
  sent = [];
  answers = new Map();
  worker = makeWorker();
});
afterEach(async () => {
  await worker.stop();
  await recorder.close();
  db.close();
  rmSync(folder, { recursive: true });
});

function add(id: string, url: string): void {
  const item: OutboxItem = {
    id,
    kind: 'after-call',
    callId: `call-${id}`,
    url,
    body: `{"call_id":"call-${id}"}`,
    state: 'waiting',
    attempts: 0,
    nextAt: clock.now(),
    lastProblem: null,
    createdAt: clock.now(),
  };
  outbox.add(item);
}
const stateOf = (id: string) => outbox.list({ limit: 100 }).find((item) => item.id === id);
const until = (check: () => boolean) => expect.poll(check, { timeout: 5_000, interval: 5 }).toBe(true);

describe('OutboxWorker', () => {
  it('delivers what is due, with the call as the idempotency key, and records it', async () => {
    add('a', good);
    worker.start();
    await until(() => stateOf('a')?.state === 'delivered');
    expect(sent).toEqual([
      {
        url: good,
        body: '{"call_id":"call-a"}',
        options: { timeoutMs: 10_000, maxBytes: 65_536, headers: { 'Idempotency-Key': 'call-a' } },
      },
    ]);
    expect(requests.ofCall('call-a')).toMatchObject([
      {
        direction: 'out',
        method: 'POST',
        url: good,
        status: 204,
        problem: null,
        requestBody: '{"call_id":"call-a"}',
      },
    ]);
    add('b', good);
    worker.nudge();
    await until(() => stateOf('b')?.state === 'delivered');
  });

  it('tries again later, and every try is on record', async () => {
    answers.set(bad, () => ({ status: 500, headers: {}, body: 'oh no' }));
    add('a', bad);
    worker.start();
    await until(() => stateOf('a')?.attempts === 1);
    const first = stateOf('a');
    expect(first).toMatchObject({ state: 'waiting', lastProblem: 'it answered 500' });
    expect(first?.nextAt).toBeGreaterThanOrEqual(clock.now() + 8_000);
    worker.nudge();
    expect(sent).toHaveLength(1);

    answers.set(bad, () => {
      throw new OutboundError('timeout', 'it did not answer within 10 s');
    });
    clock.set(first?.nextAt ?? 0);
    worker.nudge();
    await until(() => stateOf('a')?.attempts === 2);

    answers.set(bad, () => ok);
    clock.set(stateOf('a')?.nextAt ?? 0);
    worker.nudge();
    await until(() => stateOf('a')?.state === 'delivered');
    expect(
      requests.ofCall('call-a').map(({ status, problem, answerBody }) => ({ status, problem, answerBody })),
    ).toEqual([
      { status: 500, problem: 'it answered 500', answerBody: 'oh no' },
      { status: null, problem: 'it did not answer within 10 s', answerBody: null },
      { status: 204, problem: null, answerBody: '' },
    ]);
    expect(notices).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['it answered 410', () => ({ status: 410, headers: {}, body: '' })],
    [
      'its address is private',
      () => {
        throw new OutboundError('refused-address', 'its address is private');
      },
    ],
  ])('gives up at once when %s, and tells the operator', async (problem, answer) => {
    answers.set(bad, answer);
    add('a', bad);
    worker.start();
    await until(() => notices.length === 1);
    expect(stateOf('a')).toMatchObject({ state: 'dead', attempts: 1, lastProblem: problem });
    expect(notices[0]).toMatchObject({ callId: 'call-a' });
    expect(notices[0]?.body).toContain(`bad.example was given up after 1 try: ${problem}.`);
  });

  it('gives up after many tries; a revived letter is delivered', async () => {
    answers.set(bad, () => ({ status: 503, headers: {}, body: '' }));
    add('a', bad);
    outbox.reschedule('a', { attempts: MAX_ATTEMPTS - 1, nextAt: clock.now(), problem: 'it answered 503' });
    worker.start();
    await until(() => stateOf('a')?.state === 'dead');
    expect(outbox.list({ state: 'dead', limit: 9 })).toHaveLength(1);
    answers.set(bad, () => ok);
    outbox.revive('a', clock.now());
    worker.nudge();
    await until(() => stateOf('a')?.state === 'delivered');
  });

  it('serves one item at a time to each address, and no address waits for another', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    answers.set(bad, () => held.then(() => ok));
    for (let index = 0; index < 40; index += 1) add(`bad-${index}`, bad);
    for (let index = 0; index < 5; index += 1) add(`good-${index}`, good);
    worker.start();
    await until(() => [0, 1, 2, 3, 4].every((index) => stateOf(`good-${index}`)?.state === 'delivered'));
    expect(sent.filter((one) => one.url === bad)).toHaveLength(1);
    release();
    await until(() => outbox.list({ state: 'delivered', limit: 100 }).length === 45);
    expect(sent).toHaveLength(45);
  });

  it('goes on after a restart, and sends again what was under way', async () => {
    answers.set(bad, () => new Promise<OutboundAnswer>(() => {}));
    add('a', bad);
    worker.start();
    await until(() => sent.length === 1);
    await worker.stop();
    expect(stateOf('a')?.state).toBe('waiting');

    answers.clear();
    worker = makeWorker();
    worker.start();
    await until(() => stateOf('a')?.state === 'delivered');
    expect(sent.map((one) => one.options.headers)).toEqual([
      { 'Idempotency-Key': 'call-a' },
      { 'Idempotency-Key': 'call-a' },
    ]);
  });

  it('sends nothing twice while the database is locked', async () => {
    const holder = new Database(join(folder, 'patchbay.db'), { timeout: 0 });
    add('a', good);
    add('b', bad);
    answers.set(good, () => {
      if (!holder.inTransaction) holder.exec('BEGIN IMMEDIATE');
      return ok;
    });
    worker.start();
    await until(() => recorder.backlog > 0);
    worker.nudge();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent.filter((one) => one.url === good)).toHaveLength(1);
    holder.exec('COMMIT');
    holder.close();
    await recorder.flush();
    expect(stateOf('a')?.state).toBe('delivered');
    worker.nudge();
    await until(() => stateOf('b')?.state === 'delivered');
    expect(sent).toHaveLength(2);
  });

  it('does nothing before it is started and after it is stopped', async () => {
    add('a', good);
    worker.nudge();
    await worker.stop();
    worker.nudge();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toEqual([]);
  });
});
