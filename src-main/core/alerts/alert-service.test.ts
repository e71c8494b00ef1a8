import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src-preload/contract/account.ts';
import { handClock, memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { AlertService } from './alert-service.ts';

const callSid = `CA${'a'.repeat(32)}`;
const legSid = `CA${'b'.repeat(32)}`;
const minute = 60_000;
const noon = Date.UTC(2026, 10, 22, 12);

function accountOf(accountSid: string): Account {
  return {
    accountSid,
    name: 'Harbour Plumbing',
    type: 'Full',
    status: 'active',
    parentSid: null,
    balance: null,
    concurrency: { calls: null, why: '' },
    meanings: [],
    checkedAt: 0,
  };
}

async function setUp() {
  const twilio = await rehearseTwilio();
  const db = memoryDatabase();
  const clock = handClock(noon);
  const logger = rememberingLogger();
  const current: { account: Account | null } = { account: accountOf(twilio.account.sid) };
  const make = () =>
    new AlertService({ twilio: twilio.rest, db, account: () => current.account, clock, logger });
  const service = make();
  return {
    ...twilio,
    db,
    clock,
    logger,
    current,
    service,
    make,
    startDates: () => twilio.account.requests.map(({ params }) => params.StartDate),
    async [Symbol.asyncDispose]() {
      service.stop();
      await twilio[Symbol.asyncDispose]();
    },
  };
}

afterEach(() => vi.useRealTimers());

describe('AlertService', () => {
  it('lists what Twilio has, the newest first, explained', async () => {
    await using under = await setUp();
    under.account.addAlert({
      errorCode: 11200,
      callSid,
      at: noon - 3 * minute,
      requestUrl: 'https://p.example/x',
    });
    under.account.addAlert({ errorCode: 98_765, level: 'warning', text: 'It is full', at: noon - minute });
    const { alerts, problem } = await under.service.list({ limit: 10 });
    expect(problem).toBeNull();
    expect(alerts).toMatchObject([
      {
        at: noon - minute,
        level: 'warning',
        callSid: null,
        problem: { code: 98_765, says: 'Twilio reported error 98765, saying “It is full”.' },
      },
      {
        at: noon - 3 * minute,
        level: 'error',
        callSid,
        requestUrl: 'https://p.example/x',
        problem: {
          code: 11200,
          says: 'Twilio asked for instructions and got an answer that it can’t use.',
          link: 'https://www.twilio.com/docs/api/errors/11200',
        },
      },
    ]);
    expect((await under.service.list({ limit: 1 })).alerts).toHaveLength(1);
  });

  it('joins alerts to a call and its legs, the oldest first', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 64_105, callSid, at: noon - minute });
    under.account.addAlert({ errorCode: 13_227, callSid: legSid, at: noon - 2 * minute });
    under.account.addAlert({ errorCode: 11_205, callSid: `CA${'c'.repeat(32)}`, at: noon });
    await under.service.list({ limit: 10 });
    const codes = under.service.ofCalls([callSid, legSid]).map(({ problem }) => problem.code);
    expect(codes).toEqual([13_227, 64_105]);
    expect(under.service.ofCalls([])).toEqual([]);
  });

  it('finds the alerts of a call by an index', () => {
    const plan = memoryDatabase()
      .prepare<[], { detail: string }>(
        `EXPLAIN QUERY PLAN SELECT sid FROM twilio_alerts
         WHERE call_sid IN (SELECT value FROM json_each('["CA1"]')) ORDER BY at, sid`,
      )
      .all();
    expect(plan.map(({ detail }) => detail).join('\n')).toContain('twilio_alerts_of_call');
  });

  it('keeps an alert once, and finds one that comes up late', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 11200, at: noon - minute });
    await under.service.list({ limit: 10 });
    under.clock.set(noon + 5 * minute);
    under.account.addAlert({ errorCode: 11205, at: noon - 55 * minute });
    const { alerts } = await under.service.list({ limit: 10 });
    expect(alerts.map(({ problem }) => problem.code)).toEqual([11200, 11205]);
    expect(under.startDates()).toEqual(['2026-11-15T11:00:00Z', '2026-11-22T10:59:00Z']);
  });

  it('goes on after a restart where it stood', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 11200, at: noon - 60 * minute });
    await under.service.list({ limit: 10 });
    under.clock.set(noon + 24 * 60 * minute);
    under.account.addAlert({ errorCode: 11205, at: noon + minute });
    expect((await under.make().list({ limit: 10 })).alerts).toHaveLength(2);
    expect(under.startDates().at(-1)).toBe('2026-11-22T10:00:00Z');
  });

  it('misses nothing when this computer’s clock was ahead', async () => {
    await using under = await setUp();
    under.clock.set(noon + 3 * 60 * minute);
    under.account.addAlert({ errorCode: 11200, at: noon - minute });
    await under.service.list({ limit: 10 });
    under.account.addAlert({ errorCode: 11205, at: noon + minute });
    expect((await under.service.list({ limit: 10 })).alerts).toHaveLength(2);
  });

  it('takes a thousand at once at most, the newest ones', async () => {
    await using under = await setUp();
    for (let at = 1; at <= 1_203; at++) under.account.addAlert({ errorCode: 11200, at: noon - at * 1_000 });
    await under.service.list({ limit: 10 });
    const stored = under.db.prepare<[], number>('SELECT count(*) FROM twilio_alerts').pluck().get();
    expect(stored).toBe(1_000);
    expect((await under.service.list({ limit: 1 })).alerts[0]?.at).toBe(noon - 1_000);
  });

  it('shows what is there when Twilio refuses or is gone, with why, and logs it once', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 11200, at: noon - minute });
    await under.service.list({ limit: 10 });
    under.account.fail({ path: /Alerts/ }, { status: 401, code: 20_003 });
    for (let time = 1; time <= 2; time++) {
      const { alerts, problem } = await under.service.list({ limit: 10 });
      expect(alerts).toHaveLength(1);
      expect(problem).toMatchObject({ code: 20_003, says: expect.stringContaining('does not accept') });
    }
    expect(under.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    under.account.stopFailing();
    expect((await under.service.list({ limit: 10 })).problem).toBeNull();
  });

  it('shows another account nothing of the first one’s', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 11200, at: noon - minute });
    await under.service.list({ limit: 10 });
    under.current.account = accountOf(`AC${'f'.repeat(32)}`);
    under.account.alerts.length = 0;
    expect(await under.service.list({ limit: 10 })).toEqual({ alerts: [], problem: null });
    expect(under.startDates().at(-1)).toBe('2026-11-15T11:00:00Z');
    under.current.account = null;
    expect(await under.service.list({ limit: 10 })).toMatchObject({
      alerts: [],
      problem: { says: 'No Twilio account is connected.' },
    });
    expect(under.account.requests).toHaveLength(2);
  });

  it('reads every five minutes while an account is connected', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await using under = await setUp();
    const reads = () => under.account.requests.length;
    // Waits for the read that is under way, without one of its own.
    const settled = () => under.service.list({ limit: 1 });

    under.service.start();
    under.service.start();
    await settled();
    expect(reads()).toBe(1);
    vi.advanceTimersByTime(5 * minute);
    await settled();
    expect(reads()).toBe(2);

    under.current.account = null;
    under.service.start();
    expect(vi.getTimerCount()).toBe(0);

    under.current.account = accountOf(under.account.sid);
    under.service.start();
    await settled();
    expect(reads()).toBe(3);
    under.service.stop();
    under.service.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('writes nothing once it was stopped', async () => {
    await using under = await setUp();
    under.account.addAlert({ errorCode: 11200, callSid, at: noon - minute });
    const reading = under.service.list({ limit: 10 });
    under.service.stop();
    under.db.close();
    expect((await reading).alerts).toEqual([]);
  });
});
