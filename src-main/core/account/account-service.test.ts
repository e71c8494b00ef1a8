import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProblemError, TwilioRequestError } from '../errors.ts';
import { approvedProfile, refusal, secretsIn, serviceWith } from './account-under-test.ts';

const hour = 60 * 60_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('connecting an account', () => {
  it('asks Twilio, and keeps what it said', async () => {
    await using it = await serviceWith({ isNew: true, balance: { amount: 12.5, currency: 'EUR' } });
    const { accountSid, authToken } = it.credentials;
    expect(it.service.current()).toBeNull();
    const account = await it.service.connect({ accountSid: ` ${accountSid}\n`, authToken: `${authToken} ` });
    expect(account).toMatchObject({
      accountSid,
      name: it.theirs.friendlyName,
      type: 'Full',
      status: 'active',
      parentSid: null,
      balance: { amount: 12.5, currency: 'EUR' },
      concurrency: { calls: 2 },
      checkedAt: it.clock.now(),
    });
    expect(it.service.current()).toEqual(account);
    expect(secretsIn(it.vault)).toEqual([accountSid, authToken, undefined]);
    expect(it.changes()).toBe(1);
  });

  it('connects without a balance when Twilio does not tell it', async () => {
    await using it = await serviceWith({ isNew: true, balance: null });
    const account = await it.service.connect(it.credentials);
    expect(account.balance).toBeNull();
    expect(account.meanings.join()).not.toContain('balance');
  });

  it('tells a trial account’s limits', async () => {
    await using it = await serviceWith({ isNew: true, type: 'Trial' });
    const account = await it.service.connect(it.credentials);
    expect(account.concurrency.calls).toBe(5);
    expect(account.meanings.join()).toContain('verified numbers');
  });

  it('refuses what can’t be credentials without asking Twilio', async () => {
    await using it = await serviceWith({ isNew: true });
    const { accountSid, authToken } = it.credentials;
    const swapped = { accountSid: authToken, authToken: accountSid };
    expect((await refusal(it.service.connect(swapped))).problem.remedy).toContain('Swap the two');
    expect(it.theirs.requests).toEqual([]);
  });

  it.each([
    [
      'a wrong token',
      { authToken: 'f'.repeat(32) },
      { code: 20003, status: 401, says: 'Twilio does not know this pair of account SID and auth token.' },
    ],
    [
      'an unknown account',
      { accountSid: `AC${'0'.repeat(32)}` },
      { code: 20003, says: 'Twilio does not know this pair of account SID and auth token.' },
    ],
  ])('changes nothing after %s', async (_what, wrong, problem) => {
    await using it = await serviceWith({ isNew: true });
    const refused = await refusal(it.service.connect({ ...it.credentials, ...wrong }));
    expect(refused.problem).toMatchObject(problem);
    expect(refused.message).not.toContain('f'.repeat(32));
    expect(secretsIn(it.vault)).toEqual([undefined, undefined, undefined]);
    expect(it.service.current()).toBeNull();
    expect(it.changes()).toBe(0);
  });

  it('has its own words for test credentials', async () => {
    await using it = await serviceWith({ isNew: true });
    const { sid, authToken } = it.theirs.testCredentials;
    expect((await refusal(it.service.connect({ accountSid: sid, authToken }))).problem).toMatchObject({
      code: 20008,
      says: expect.stringContaining('test credentials'),
    });
    expect(it.service.current()).toBeNull();
  });

  it('has its own words for an account that is not active', async () => {
    await using it = await serviceWith({ isNew: true, status: 'suspended' });
    expect((await refusal(it.service.connect(it.credentials))).problem).toMatchObject({
      code: 20005,
      says: expect.stringContaining('suspended or closed'),
    });
  });

  it('changes nothing when Twilio fails in another way', async () => {
    await using it = await serviceWith({ isNew: true });
    it.theirs.fail({}, { status: 400, code: 20001 });
    await refusal(it.service.connect(it.credentials));
    expect(secretsIn(it.vault)).toEqual([undefined, undefined, undefined]);
  });

  it('does not change what the environment holds, but confirms it', async () => {
    await using it = await serviceWith({
      isNew: true,
      env: { TWILIO_ACCOUNT_SID: 'ACenvironment', TWILIO_AUTH_TOKEN: 'environment' },
    });
    const refused = await refusal(it.service.connect(it.credentials));
    expect(refused.problem.remedy).toContain('is set in the environment');
    expect(secretsIn(it.vault)).toEqual(['ACenvironment', 'environment', undefined]);
  });

  it('takes the same credentials again, from the environment too', async () => {
    const accountSid = `AC${'a'.repeat(32)}`;
    const authToken = 'b'.repeat(32);
    await using it = await serviceWith({
      sid: accountSid,
      authToken,
      env: { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: `${authToken}\n` },
    });
    expect(await it.service.connect({ accountSid, authToken })).toMatchObject({ accountSid });
    expect(it.service.current()).not.toBeNull();
    expect((await refusal(Promise.resolve().then(() => it.service.disconnect()))).problem.remedy).toContain(
      'environment',
    );
    expect(it.service.current()).not.toBeNull();
  });

  it('never shows a secret', async () => {
    await using it = await serviceWith({ isNew: true });
    await it.service.connect(it.credentials);
    const old = it.theirs.authToken;
    const token = it.theirs.rotateToken();
    const refused = await refusal(it.service.check());
    await it.service.connect({ ...it.credentials, authToken: token });
    const shown = JSON.stringify([
      it.logger.lines,
      it.service.current(),
      refused.problem,
      it.settings.get('tokenRotation'),
    ]);
    expect(it.logger.lines).not.toEqual([]);
    expect(shown).not.toContain(old);
    expect(shown).not.toContain(token);
  });
});

describe('looking at the account again', () => {
  it('says that none is connected', async () => {
    await using it = await serviceWith({ isNew: true });
    expect((await refusal(it.service.check())).problem.says).toBe('No Twilio account is connected.');
    expect((await refusal(it.service.subaccounts())).problem.says).toBe('No Twilio account is connected.');
  });

  it('knows an account of the environment only once it was looked at, and says that it is in force', async () => {
    await using it = await serviceWith();
    expect(it.service.current()).toBeNull();
    const account = await it.service.check();
    expect(it.service.current()).toEqual(account);
    expect(it.changes()).toBe(1);
    await it.service.check();
    expect(it.changes()).toBe(1);
  });

  it('tells a wrong token from one that was rotated or revoked', async () => {
    await using it = await serviceWith();
    const right = it.theirs.authToken;
    it.theirs.rotateToken();
    expect((await refusal(it.service.check())).problem.says).toContain('does not know this pair');
    it.theirs.rotateToken(right);
    const account = await it.service.check();
    it.theirs.rotateToken();
    expect((await refusal(it.service.check())).problem.says).toContain('rotated or revoked');
    expect((await refusal(it.service.connect(it.credentials))).problem.says).toContain('rotated or revoked');
    expect(it.service.current()).toEqual(account);
  });

  it('keeps an account that is suspended meanwhile, with a warning', async () => {
    await using it = await serviceWith();
    await it.service.check();
    it.theirs.status = 'suspended';
    await refusal(it.service.check());
    expect(it.service.current()).toMatchObject({
      status: 'suspended',
      meanings: expect.arrayContaining([expect.stringContaining('suspended the account')]),
    });
    it.theirs.status = 'active';
    expect((await it.service.check()).status).toBe('active');
  });

  it('tells the limits by the profile as it is now', async () => {
    await using it = await serviceWith();
    const account = await it.service.check();
    expect(account.concurrency.calls).toBe(2);
    it.settings.set('profile', approvedProfile, 0);
    expect(it.service.current()?.concurrency.calls).toBeNull();
    // A look that failed takes nothing back.
    it.settings.set('profile', { ...approvedProfile, status: 'error' }, 0);
    expect(it.service.current()?.concurrency.calls).toBeNull();
  });

  it('forgets the profile of the account before', async () => {
    await using it = await serviceWith();
    await it.service.check();
    const kept = it.settings.get('account');
    if (kept === undefined) throw new Error('the account was not kept');
    it.settings.set('account', { ...kept, accountSid: 'ACbefore' }, 0);
    it.settings.set('profile', approvedProfile, 0);
    expect(it.service.current()).toBeNull();
    await it.service.check();
    expect(it.settings.get('profile')).toBeUndefined();
    expect(it.changes()).toBe(2);
  });
});

describe('looking by itself', () => {
  /** Waits for what a timer began; timers alone are faked, so that real sockets go on. */
  const fakeTimers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

  it('looks at an account that was never looked at, once it starts', async () => {
    await using it = await serviceWith();
    const found = new Promise<void>((resolve) => it.service.onChange(resolve));
    it.service.start();
    await found;
    expect(it.service.current()).not.toBeNull();
  });

  it('tries again until the network is back', async () => {
    let asked = 0;
    let answers = false;
    const looked: (() => void)[] = [];
    await using it = await serviceWith();
    fakeTimers();
    const check = vi.spyOn(it.service, 'check').mockImplementation(async () => {
      asked += 1;
      looked.shift()?.();
      if (!answers) {
        throw new ProblemError(
          { code: null, status: null, says: 'away', remedy: '', link: null },
          { cause: new TwilioRequestError('away', { retryable: true }) },
        );
      }
      throw new Error('a fault that does not pass');
    });
    it.service.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(2);
    answers = true;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toBe(3);
    await vi.advanceTimersByTimeAsync(hour - 1);
    expect(asked).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toBe(4);
    it.service.stop();
    await vi.advanceTimersByTimeAsync(10 * hour);
    expect(check).toHaveBeenCalledTimes(4);
  });

  it('tells the operator once that Twilio takes the credentials no more, until it does again', async () => {
    await using it = await serviceWith();
    const right = it.theirs.authToken;
    await it.service.check();
    it.theirs.rotateToken();
    fakeTimers();
    const failures = () => it.logger.lines.filter(({ level }) => level === 'warn').length;
    it.service.start();
    for (const count of [1, 2, 3]) {
      it.clock.set(it.clock.now() + hour);
      await vi.advanceTimersByTimeAsync(hour);
      await vi.waitFor(() => expect(failures()).toBe(count));
    }
    expect(it.notices).toEqual([expect.stringContaining('rotated or revoked')]);
    expect(it.service.warnings()).toEqual([expect.stringContaining('connect again')]);
    it.theirs.rotateToken(right);
    await it.service.check();
    expect(it.service.warnings()).toEqual([]);
  });

  it('does not complain that Twilio can’t be reached', async () => {
    await using it = await serviceWith();
    fakeTimers();
    const cause = new TwilioRequestError('what answers is not Twilio', { retryable: false });
    const check = vi
      .spyOn(it.service, 'check')
      .mockRejectedValue(
        new ProblemError({ code: null, status: null, says: 'away', remedy: '', link: null }, { cause }),
      );
    it.service.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(check).toHaveBeenCalledTimes(1);
    expect(it.notices).toEqual([]);
    expect(it.service.warnings()).toEqual([]);
  });

  it('does not complain about a token that was replaced meanwhile, but looks again', async () => {
    await using it = await serviceWith();
    fakeTimers();
    const check = vi.spyOn(it.service, 'check').mockImplementation(async () => {
      if (check.mock.calls.length === 1) it.vault.set('TWILIO_AUTH_TOKEN', 'the next one');
      throw new ProblemError({ code: 20003, status: 401, says: 'refused', remedy: '', link: null });
    });
    it.service.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(it.notices).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(check).toHaveBeenCalledTimes(2);
    expect(it.notices).toEqual(['refused']);
  });

  it('looks at one that was seen lately only when an hour has passed', async () => {
    await using it = await serviceWith();
    await it.service.check();
    it.clock.set(it.clock.now() + hour / 4);
    fakeTimers();
    const check = vi.spyOn(it.service, 'check').mockRejectedValue(new Error('not asked in this test'));
    it.service.start();
    await vi.advanceTimersByTimeAsync((hour * 3) / 4 - 1);
    expect(check).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(check).toHaveBeenCalledTimes(1);
  });
});
