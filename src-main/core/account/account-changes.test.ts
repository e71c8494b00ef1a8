import { describe, expect, it } from 'vitest';
import { refusal, secretsIn, serviceWith } from './account-under-test.ts';

describe('rotating the token', () => {
  it('keeps the old one beside the new one', async () => {
    await using it = await serviceWith();
    await it.service.check();
    const { accountSid, authToken: old } = it.credentials;
    const token = it.theirs.rotateToken();
    await it.service.connect({ accountSid, authToken: token });
    expect(secretsIn(it.vault)).toEqual([accountSid, token, old]);
    // Twilio was asked with the old one, and takes it no more.
    expect(it.settings.get('tokenRotation')).toMatchObject({ settledAt: it.clock.now() });
  });

  it('keeps the one that signs while secondary tokens come and go, and says what is left to do', async () => {
    await using it = await serviceWith();
    await it.service.check();
    const { accountSid, authToken: primary } = it.credentials;
    for (let made = 0; made < 2; made += 1) {
      const authToken = it.theirs.createSecondaryToken();
      const account = await it.service.connect({ accountSid, authToken });
      expect(secretsIn(it.vault)).toEqual([accountSid, authToken, primary]);
      expect(account.meanings).toContainEqual(expect.stringContaining('the auth token before this one'));
    }
    expect(it.service.warnings()).toEqual([expect.stringContaining('Make the new one the primary one')]);
    const promoted = it.theirs.rotateToken();
    expect((await it.service.check()).meanings.join()).not.toContain('the auth token before');
    expect(it.service.warnings()).toEqual([]);
    expect(secretsIn(it.vault)).toEqual([accountSid, promoted, primary]);
  });

  it('goes back to the one that signs, and forgets the one that never did', async () => {
    await using it = await serviceWith();
    await it.service.check();
    const { accountSid, authToken: primary } = it.credentials;
    await it.service.connect({ accountSid, authToken: it.theirs.createSecondaryToken() });
    await it.service.connect({ accountSid, authToken: primary });
    expect(secretsIn(it.vault)).toEqual([accountSid, primary, undefined]);
    expect(it.service.warnings()).toEqual([]);
  });

  it('goes while numbers are attached', async () => {
    await using it = await serviceWith({ attached: 2 });
    const token = it.theirs.rotateToken();
    await it.service.connect({ ...it.credentials, authToken: token });
    expect(it.vault.get('TWILIO_AUTH_TOKEN')).toBe(token);
  });

  it('changes nothing when the new token is wrong', async () => {
    await using it = await serviceWith();
    const before = secretsIn(it.vault);
    await refusal(it.service.connect({ ...it.credentials, authToken: 'e'.repeat(32) }));
    expect(secretsIn(it.vault)).toEqual(before);
    expect(it.settings.get('tokenRotation')).toBeUndefined();
  });

  it('does not take the token of another account for the one before', async () => {
    await using it = await serviceWith({ subaccounts: [{}] });
    const [sub] = it.theirs.subaccounts;
    if (sub === undefined) throw new Error('there is no subaccount');
    await it.service.connect({ accountSid: sub.sid, authToken: sub.authToken });
    expect(secretsIn(it.vault)).toEqual([sub.sid, sub.authToken, undefined]);
  });
});

describe('subaccounts', () => {
  it('lists them without the account itself', async () => {
    await using it = await serviceWith({
      subaccounts: [{ friendlyName: 'North' }, { friendlyName: 'South', status: 'suspended' }],
    });
    expect(await it.service.subaccounts()).toEqual(
      it.theirs.subaccounts.map(({ sid, friendlyName, status }) => ({
        accountSid: sid,
        name: friendlyName,
        status,
      })),
    );
  });

  it('lists them all, however many pages there are', async () => {
    await using it = await serviceWith({ subaccounts: Array.from({ length: 120 }, () => ({})) });
    expect(await it.service.subaccounts()).toHaveLength(120);
  });

  it('says of an account that is none of its own that it is not there, and of its own token that it is refused', async () => {
    await using it = await serviceWith({ subaccounts: [{}, {}] });
    await it.service.check();
    const [one, other] = it.theirs.subaccounts;
    await it.service.useSubaccount(one?.sid ?? '');
    // Twilio may answer 404, or 401 as for a wrong token.
    for (const failure of [undefined, { status: 401, code: 20003, times: 1 }]) {
      if (failure !== undefined) it.theirs.fail({ path: new RegExp(other?.sid ?? '') }, failure);
      const refused = await refusal(it.service.useSubaccount(other?.sid ?? ''));
      expect(refused.problem.says).toBe(`The connected account has no subaccount ${other?.sid}.`);
    }
    one?.rotateToken();
    const revoked = await refusal(it.service.useSubaccount(other?.sid ?? ''));
    expect(revoked.problem.says).toContain('rotated or revoked');
  });

  it.each(['', 'x', '../Accounts', `AC${'0'.repeat(33)}`])(
    'refuses %j without asking Twilio',
    async (sid) => {
      await using it = await serviceWith();
      expect((await refusal(it.service.useSubaccount(sid))).problem.says).toContain('account SID');
      expect(it.theirs.requests).toEqual([]);
    },
  );

  it('connects one with its own token', async () => {
    await using it = await serviceWith({ subaccounts: [{}] });
    await it.service.check();
    const [sub] = it.theirs.subaccounts;
    const account = await it.service.useSubaccount(sub?.sid ?? '');
    expect(account).toMatchObject({ accountSid: sub?.sid, parentSid: it.theirs.sid, balance: null });
    expect(it.vault.get('TWILIO_AUTH_TOKEN')).toBe(sub?.authToken);
    expect(it.service.current()).toEqual(account);
    expect(await it.service.subaccounts()).toEqual([]);
  });

  it('refuses one that is closed, that is not there, or while numbers are attached', async () => {
    await using it = await serviceWith({ subaccounts: [{ status: 'closed' }, {}] });
    const [closed, open] = it.theirs.subaccounts;
    const before = secretsIn(it.vault);
    expect((await refusal(it.service.useSubaccount(closed?.sid ?? ''))).problem.says).toContain('closed');
    const unknown = await refusal(it.service.useSubaccount(`AC${'0'.repeat(32)}`));
    expect(unknown.problem.says).toContain('has no subaccount');
    it.numbers.attached = 1;
    expect((await refusal(it.service.useSubaccount(open?.sid ?? ''))).problem.says).toContain(
      'One number is still attached',
    );
    expect(secretsIn(it.vault)).toEqual(before);
  });
});

describe('leaving an account', () => {
  it('deletes everything of it', async () => {
    await using it = await serviceWith();
    await it.service.check();
    await it.service.connect({ ...it.credentials, authToken: it.theirs.rotateToken() });
    it.service.disconnect();
    expect(secretsIn(it.vault)).toEqual([undefined, undefined, undefined]);
    expect(it.service.current()).toBeNull();
    expect(it.settings.get('account')).toBeUndefined();
    expect(it.settings.get('tokenRotation')).toBeUndefined();
    expect(it.changes()).toBe(3);
  });

  it('is refused while numbers are attached, also in favour of another account', async () => {
    await using it = await serviceWith({ attached: 2, subaccounts: [{}] });
    await it.service.check();
    const [sub] = it.theirs.subaccounts;
    expect(() => it.service.disconnect()).toThrow('2 numbers are still attached');
    const connecting = it.service.connect({
      accountSid: sub?.sid ?? '',
      authToken: sub?.authToken ?? '',
    });
    expect((await refusal(connecting)).problem.says).toContain('2 numbers are still attached');
    expect(it.service.current()?.accountSid).toBe(it.theirs.sid);
  });

  it('is not in the way of the first account, whatever another one had attached', async () => {
    await using it = await serviceWith({ isNew: true, attached: 1, subaccounts: [{}] });
    const [other] = it.theirs.subaccounts;
    const seen = await it.service.connect({
      accountSid: other?.sid ?? '',
      authToken: other?.authToken ?? '',
    });
    it.service.disconnect();
    // As a rehearsal leaves it: seen last, its number attached, and none of its credentials there.
    it.settings.set('account', { ...seen, accountSid: it.theirs.sid }, 0);
    await it.service.connect({ accountSid: other?.sid ?? '', authToken: other?.authToken ?? '' });
    expect(it.vault.get('TWILIO_ACCOUNT_SID')).toBe(other?.sid);
  });

  it('is refused when a number was attached while Twilio was asked', async () => {
    await using it = await serviceWith({ subaccounts: [{}] });
    await it.service.check();
    const [sub] = it.theirs.subaccounts;
    const connecting = it.service.connect({ accountSid: sub?.sid ?? '', authToken: sub?.authToken ?? '' });
    it.numbers.attached = 1;
    await refusal(connecting);
    expect(it.vault.get('TWILIO_ACCOUNT_SID')).toBe(it.theirs.sid);
  });

  it('goes on when a listener fails', async () => {
    await using it = await serviceWith();
    it.service.onChange(() => {
      throw new Error('oops');
    });
    const unsubscribe = it.service.onChange(() => {
      throw new Error('must not be called');
    });
    unsubscribe();
    await it.service.connect(it.credentials);
    expect(it.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { facts: { problem: 'oops' } },
    ]);
  });
});
