import type { Twilio } from 'twilio';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src-preload/contract/account.ts';
import { type ProfileStatus, profileStatuses } from '../../../src-preload/contract/profile.ts';
import type { RehearsalAccountSetup } from '../../rehearsal/rest/rehearsal-account-state.ts';
import type { EvaluationResult } from '../../rehearsal/rest/rehearsal-profiles.ts';
import { SettingQueries } from '../database/settings.ts';
import { handClock, memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { TwilioRequestError } from '../errors.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { ProfileService } from './profile-service.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

function accountOf(accountSid: string, more: Partial<Account> = {}): Account {
  return {
    accountSid,
    name: 'Harbour Plumbing',
    type: 'Full',
    status: 'active',
    parentSid: null,
    balance: null,
    concurrency: { calls: 2, why: '' },
    meanings: [],
    checkedAt: 0,
    ...more,
  };
}

/** The service over `twilio`, with everything else that it needs. */
function serviceOver(twilio: TwilioRest, first: Account | null) {
  const db = memoryDatabase();
  const settings = new SettingQueries(db);
  const clock = handClock();
  const logger = rememberingLogger();
  const notices: { title: string; body: string }[] = [];
  const state = { account: first };
  const make = () =>
    new ProfileService({
      twilio,
      db,
      settings,
      account: () => state.account,
      notifier: { notify: (notice) => void notices.push(notice) },
      clock,
      logger,
    });
  return { service: make(), again: make, db, settings, clock, logger, notices, state };
}

async function rehearsed(setup: RehearsalAccountSetup = {}) {
  const twilio = await rehearseTwilio(setup);
  return {
    ...serviceOver(twilio.rest, accountOf(twilio.account.sid)),
    theirs: twilio.account,
    [Symbol.asyncDispose]: () => twilio[Symbol.asyncDispose](),
  };
}

describe('looking at the profile', () => {
  it.each(profileStatuses)('finds it %s', async (status) => {
    await using it = await rehearsed();
    it.theirs.setProfile(status);
    expect(it.service.current()).toBeNull();
    const profile = await it.service.check();
    expect(profile.status).toBe(status);
    expect(profile.problem === null).toBe(status !== 'error');
    expect(profile.reasons.length > 0).toBe(status === 'rejected');
    expect(it.service.current()).toEqual(profile);
    expect(it.service.history()).toEqual([
      {
        status,
        profileSid: profile.profileSid,
        reasons: profile.reasons.map(({ says }) => says),
        at: it.clock.now(),
        lastSeenAt: it.clock.now(),
      },
    ]);
    expect(it.notices).toEqual([]);
  });

  it('asks for primary profiles, and for evaluations only after a rejection', async () => {
    await using it = await rehearsed();
    await it.service.check();
    expect(it.theirs.requests.map(({ path, params }) => [path, params.PolicySid])).toEqual([
      ['/v1/CustomerProfiles', 'RN6433641899984f951173ef1738c3bdd0'],
    ]);
    it.theirs.setProfile('rejected');
    await it.service.check();
    expect(it.theirs.requests.at(-1)?.path).toMatch(/^\/v1\/CustomerProfiles\/BU\w+\/Evaluations$/);
  });

  it('tells why it was rejected, in Twilio’s words', async () => {
    await using it = await rehearsed();
    it.theirs.setProfile('rejected');
    const { reasons } = await it.service.check();
    expect(reasons).toEqual(
      expect.arrayContaining([
        { says: 'Business: The business information does not match the public records.', code: 22217 },
        {
          says: 'Business, Business Registration Number: The Business Registration Number was not found.',
          code: 22215,
        },
        {
          says: 'Twilio could not verify that the business name and the website belong together. Give the registered name of the business, and a website that shows it.',
          code: 18601,
        },
      ]),
    );
  });

  it('goes through all pages of profiles and evaluations', async () => {
    const from = Date.UTC(2026, 0, 1);
    const result = (failure_reason: string): EvaluationResult => ({
      friendly_name: 'Business',
      object_type: 'business',
      passed: false,
      failure_reason,
      error_code: 22217,
      valid: [],
      invalid: [],
      requirement_friendly_name: 'Business',
      requirement_name: 'business_info',
    });
    const evaluations = Array.from({ length: 120 }, (_, index) => ({
      sid: `EL${String(index).padStart(32, '0')}`,
      status: 'noncompliant' as const,
      dateCreated: new Date(from + index * minute).toISOString().replace('.000', ''),
      results: [result(`reason ${index}`)],
    }));
    const drafts = Array.from({ length: 60 }, () => ({ status: 'draft' as const }));
    await using it = await rehearsed({ profiles: [...drafts, { status: 'twilio-rejected', evaluations }] });
    const profile = await it.service.check();
    expect(profile.status).toBe('rejected');
    expect(profile.reasons[0]).toEqual({ says: 'Business: reason 119', code: 22217 });
  });

  it('tells a rejection also when its reasons can’t be read', async () => {
    await using it = await rehearsed();
    it.theirs.setProfile('rejected');
    it.theirs.fail({ path: /Evaluations/ }, { status: 400, code: 20001 });
    const profile = await it.service.check();
    expect(profile.status).toBe('rejected');
    expect(profile.reasons.map(({ code }) => code)).toEqual([18601]);
    expect(profile.warnings).toContainEqual(expect.stringContaining('could not be read'));
  });

  it('says why Twilio does not answer', async () => {
    await using it = await rehearsed();
    it.theirs.setProfile('in-review');
    await it.service.check();
    it.theirs.rotateToken();
    const profile = await it.service.check();
    expect(profile).toMatchObject({
      status: 'error',
      problem: { code: 20003, says: expect.stringContaining('rotated or revoked') },
      lastKnown: 'in-review',
      means: expect.stringContaining('When last seen it was: In review.'),
    });
  });

  it('says that no account is connected, and keeps nothing of that', async () => {
    await using it = await rehearsed();
    it.state.account = null;
    expect(await it.service.check()).toMatchObject({
      status: 'error',
      problem: { says: 'No Twilio account is connected.' },
    });
    expect(it.service.current()).toBeNull();
    expect(it.service.history()).toEqual([]);
    expect(it.settings.get('profile')).toBeUndefined();
  });

  it('asks once when it is asked twice', async () => {
    await using it = await rehearsed();
    const [first, second] = await Promise.all([it.service.check(), it.service.check()]);
    expect(second).toBe(first);
    expect(it.theirs.requests).toHaveLength(1);
  });

  it('does not take the answer about one account for another’s', async () => {
    await using it = await rehearsed();
    const before = it.service.check();
    it.state.account = accountOf('ACother');
    it.theirs.setProfile('draft');
    const after = it.service.check();
    await before;
    const profile = await after;
    expect(it.service.current()).toEqual(profile);
    expect(it.service.history()).toMatchObject([{ at: profile.checkedAt }]);
    it.state.account = accountOf(it.theirs.sid);
    expect(it.service.history()).toEqual([]);
  });
});

describe('what is remembered and told', () => {
  async function see(it: Awaited<ReturnType<typeof rehearsed>>, ...statuses: ProfileStatus[]) {
    for (const status of statuses) {
      it.theirs.setProfile(status);
      it.clock.set(it.clock.now() + minute);
      await it.service.check();
    }
  }

  it('keeps every status with its time', async () => {
    await using it = await rehearsed();
    const from = it.clock.now();
    await see(it, 'pending', 'pending', 'in-review', 'approved');
    expect(
      it.service.history().map(({ status, at, lastSeenAt }) => [status, at - from, lastSeenAt - from]),
    ).toEqual([
      ['approved', 4 * minute, 4 * minute],
      ['in-review', 3 * minute, 3 * minute],
      ['pending', minute, 2 * minute],
    ]);
  });

  it('tells of each change, not of the first sight', async () => {
    await using it = await rehearsed();
    await see(it, 'pending', 'in-review', 'in-review', 'approved', 'no-profile');
    expect(it.notices.map(({ title }) => title)).toEqual([
      'Business Profile: In review',
      'Business Profile: Approved',
      'Business Profile: No profile',
    ]);
    expect(it.notices.every(({ body }) => body.length > 0)).toBe(true);
  });

  it('tells of no trouble in between, but of a change behind it', async () => {
    await using it = await rehearsed();
    await see(it, 'error', 'draft', 'error', 'draft', 'error', 'error');
    expect(it.notices).toEqual([]);
    await see(it, 'in-review');
    expect(it.notices.map(({ title }) => title)).toEqual(['Business Profile: In review']);
  });

  it('tells of a change that happened while Patchbay was not running', async () => {
    await using it = await rehearsed();
    await see(it, 'in-review');
    it.theirs.setProfile('rejected');
    await it.again().check();
    expect(it.notices.map(({ title }) => title)).toEqual(['Business Profile: Rejected']);
  });

  it('still finds out when nothing can be written, and tells of each change once', async () => {
    await using it = await rehearsed();
    it.db.exec('DROP TABLE profile_sightings');
    await see(it, 'draft', 'approved', 'approved', 'approved');
    expect(it.logger.lines.map(({ level }) => level)).toContain('error');
    expect(it.notices.map(({ title }) => title)).toEqual(['Business Profile: Approved']);
  });

  it('tells a subaccount what was last seen of its main account’s profile', async () => {
    await using it = await rehearsed({ subaccounts: [{ profiles: [] }] });
    await see(it, 'in-review');
    const [sub] = it.theirs.subaccounts;
    it.theirs.profiles = [];
    it.state.account = accountOf(sub?.sid ?? '', { parentSid: it.theirs.sid });
    const profile = await it.service.check();
    expect(profile.status).toBe('no-profile');
    expect(profile.means).toContain('When last seen it was: In review.');
    expect(it.notices).toEqual([]);
  });

  it('tells of a change once over restarts', async () => {
    await using it = await rehearsed();
    await see(it, 'draft', 'approved');
    await it.again().check();
    await it.again().check();
    expect(it.notices).toHaveLength(1);
  });

  it('tells of a change once, and keeps it once, after the clock was set back', async () => {
    await using it = await rehearsed();
    await see(it, 'draft');
    it.clock.set(it.clock.now() - day);
    await see(it, 'approved', 'approved');
    await it.again().check();
    expect(it.notices).toHaveLength(1);
    expect(it.service.history().map(({ status }) => status)).toEqual(['approved', 'draft']);
  });

  it('shows what it unlocks by the limits as they are now, from the first look on', async () => {
    await using it = await rehearsed();
    const now = () => it.service.current()?.unlocks.filter((line) => line.includes('Now:'));
    await it.service.check();
    expect(now()).toEqual([]);
    await see(it, 'draft');
    expect(now()).toContainEqual(expect.stringContaining('Now: 2 calls at once.'));
    await see(it, 'error');
    expect(now()).toContainEqual(expect.stringContaining('Now: 2 calls at once.'));
    it.state.account = accountOf(it.theirs.sid, { type: 'Trial' });
    expect(now()).toContainEqual(expect.stringContaining('Now: 5 calls at once.'));
  });
});

describe('watching', () => {
  /** Twilio with one profile in a status that the test sets; null: it can't be reached. */
  function watched(first: string | null) {
    const theirs = { status: first, asked: 0 };
    const list = async () => {
      if (theirs.status === null) throw new TwilioRequestError('away', { retryable: true });
      return [{ sid: 'BU1', status: theirs.status }];
    };
    const client = { trusthub: { v1: { customerProfiles: { list } } } } as unknown as Twilio;
    const twilio: TwilioRest = {
      ask: (question) => {
        theirs.asked += 1;
        return question(client);
      },
      uploadFunction: () => Promise.reject(new Error('not in this test')),
      fetchHosted: () => Promise.reject(new Error('not in this test')),
      fetchMedia: () => Promise.reject(new Error('not in this test')),
    };
    vi.useFakeTimers();
    const it = serviceOver(twilio, accountOf('AC1'));
    /** Lets time pass, on the clock and for the timers. */
    const pass = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(0);
      for (let left = ms; left > 0; left -= minute) {
        const step = Math.min(left, minute);
        it.clock.set(it.clock.now() + step);
        await vi.advanceTimersByTimeAsync(step);
      }
    };
    return { ...it, theirs, pass };
  }

  afterEach(() => {
    vi.useRealTimers();
  });

  it('looks at once, then every 15 minutes until it is approved, then once a day', async () => {
    const it = watched('in-review');
    it.service.start();
    await it.pass(0);
    expect(it.theirs.asked).toBe(1);
    await it.pass(15 * minute - 1);
    expect(it.theirs.asked).toBe(1);
    await it.pass(1);
    expect(it.theirs.asked).toBe(2);
    it.theirs.status = 'twilio-approved';
    await it.pass(15 * minute);
    expect(it.theirs.asked).toBe(3);
    expect(it.notices).toHaveLength(1);
    await it.pass(day - 1);
    expect(it.theirs.asked).toBe(3);
    await it.pass(1);
    expect(it.theirs.asked).toBe(4);
  });

  it.each(['draft', 'pending-review', 'twilio-rejected'])(
    'goes on every 15 minutes while it is %s',
    async (status) => {
      const it = watched('in-review');
      it.theirs.status = status;
      it.service.start();
      await it.pass(0);
      const { asked } = it.theirs;
      await it.pass(15 * minute);
      expect(it.theirs.asked).toBe(2 * asked);
    },
  );

  it('backs off while Twilio can’t be reached', async () => {
    const it = watched(null);
    it.service.start();
    await it.pass(0);
    const waits: number[] = [];
    for (let asked = 1; asked < 7; asked += 1) {
      let waited = 0;
      for (; it.theirs.asked === asked; waited += 1) await it.pass(minute);
      waits.push(waited);
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
    it.theirs.status = 'draft';
    await it.pass(15 * minute);
    it.theirs.status = null;
    await it.pass(15 * minute);
    const { asked } = it.theirs;
    // What worked in between counts: the back-off begins anew.
    await it.pass(minute);
    expect(it.theirs.asked).toBe(asked + 1);
  });

  it('waits after a restart until it is due', async () => {
    const it = watched('in-review');
    await it.service.check();
    await it.pass(10 * minute);
    it.again().start();
    await it.pass(5 * minute - 1);
    expect(it.theirs.asked).toBe(1);
    await it.pass(1);
    expect(it.theirs.asked).toBe(2);
  });

  it('waits no longer than usual after a restart when the clock was set back', async () => {
    const it = watched('in-review');
    await it.service.check();
    it.clock.set(it.clock.now() - day);
    it.again().start();
    await it.pass(15 * minute);
    expect(it.theirs.asked).toBe(2);
  });

  it('notices an approval that is taken back, and watches closely again', async () => {
    const it = watched('twilio-approved');
    it.service.start();
    await it.pass(0);
    it.theirs.status = 'twilio-rejected';
    await it.pass(day);
    expect(it.notices.map(({ title }) => title)).toEqual(['Business Profile: Rejected']);
    const { asked } = it.theirs;
    await it.pass(15 * minute);
    expect(it.theirs.asked).toBeGreaterThan(asked);
  });

  it('looks at once after a restart when the last look failed, or is long ago', async () => {
    const it = watched(null);
    await it.service.check();
    it.again().start();
    await it.pass(0);
    expect(it.theirs.asked).toBe(2);
    it.theirs.status = 'draft';
    await it.service.check();
    it.clock.set(it.clock.now() + day);
    const third = it.again();
    third.start();
    await it.pass(0);
    expect(it.theirs.asked).toBe(4);
  });

  it('does nothing without an account, and begins when there is one', async () => {
    const it = watched('draft');
    it.state.account = null;
    it.service.start();
    await it.pass(day);
    expect(it.theirs.asked).toBe(0);
    it.state.account = accountOf('AC1');
    it.service.start();
    await it.pass(0);
    expect(it.theirs.asked).toBe(1);
    it.state.account = null;
    await it.pass(day);
    expect(it.theirs.asked).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops for good', async () => {
    const it = watched('draft');
    it.service.start();
    it.service.start();
    await it.pass(0);
    expect(it.theirs.asked).toBe(1);
    it.service.stop();
    it.service.stop();
    await it.pass(day);
    expect(it.theirs.asked).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
