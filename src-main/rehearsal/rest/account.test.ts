import { describe, expect, it } from 'vitest';
import { profileStatuses } from '../../../src-preload/contract/profile.ts';
import { rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';

describe('a rehearsed account', () => {
  it('tells what it is, and its subaccounts', async () => {
    await using twilio = await rehearseTwilio({
      type: 'Trial',
      friendlyName: 'Harbour',
      balance: { amount: 15.5, currency: 'CAD' },
      subaccounts: [{ friendlyName: 'Pier', status: 'suspended' }],
    });
    const { rest, account } = twilio;
    const [sub = account] = account.subaccounts;
    const fetched = await rest.ask((client) => client.api.v2010.accounts(account.sid).fetch());
    expect(fetched).toMatchObject({
      type: 'Trial',
      status: 'active',
      friendlyName: 'Harbour',
      ownerAccountSid: account.sid,
      authToken: account.authToken,
    });
    const listed = await rest.ask((client) => client.api.v2010.accounts.list());
    expect(listed.map(({ sid, status, ownerAccountSid }) => [sid, status, ownerAccountSid])).toEqual([
      [account.sid, 'active', account.sid],
      [sub.sid, 'suspended', account.sid],
    ]);
    const suspended = await rest.ask((client) => client.api.v2010.accounts.list({ status: 'suspended' }));
    expect(suspended.map(({ friendlyName }) => friendlyName)).toEqual(['Pier']);
    const balance = await rest.ask((client) => client.api.v2010.accounts(account.sid).balance.fetch());
    expect(balance).toMatchObject({ balance: '15.5', currency: 'CAD' });
    const none = rest.ask((client) => client.api.v2010.accounts(sub.sid).balance.fetch());
    await expect(none).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('lists the caller IDs that were proven', async () => {
    await using twilio = await rehearseTwilio({ verifiedCallerIds: ['+14165551234'] });
    const { rest, account } = twilio;
    account.verify('+14165551235');
    const numbersFor = async (phoneNumber?: string) => {
      const list = await rest.ask((client) =>
        client.outgoingCallerIds.list(phoneNumber === undefined ? {} : { phoneNumber }),
      );
      return list.map((callerId) => callerId.phoneNumber);
    };
    expect(await numbersFor()).toEqual(['+14165551234', '+14165551235']);
    expect(await numbersFor('+14165551235')).toEqual(['+14165551235']);
    expect(await numbersFor('+14165551239')).toEqual([]);
  });

  it('may call every country but those that are blocked', async () => {
    await using twilio = await rehearseTwilio({ blockedCountries: ['GB'] });
    const { rest, account } = twilio;
    const mayCall = async (iso: string) => {
      const country = await rest.ask((client) => client.voice.v1.dialingPermissions.countries(iso).fetch());
      return [country.name, country.lowRiskNumbersEnabled, country.countryCodes];
    };
    expect(await mayCall('CA')).toEqual(['Canada', true, ['+1']]);
    expect(await mayCall('GB')).toEqual(['United Kingdom', false, ['+44']]);
    account.blockedCountries.delete('GB');
    expect((await mayCall('GB'))[1]).toBe(true);
    await expect(mayCall('XX')).rejects.toMatchObject({ code: 20404 });
    const listed = await rest.ask((client) =>
      client.voice.v1.dialingPermissions.countries.list({ countryCode: '+44', lowRiskNumbersEnabled: true }),
    );
    expect(listed.map(({ isoCode }) => isoCode)).toContain('GB');
    expect(listed.map(({ isoCode }) => isoCode)).not.toContain('CA');
  });

  it('has its debugger’s entries, the newest first', async () => {
    await using twilio = await rehearseTwilio();
    const { rest, account } = twilio;
    const callSid = `CA${'1'.repeat(32)}`;
    const at = Date.UTC(2026, 10, 20);
    account.addAlert({ errorCode: 11200, at, callSid, requestUrl: 'https://a.example/', text: 'Msg=no' });
    account.addAlert({ errorCode: '12200', at: at + 60_000, level: 'warning' });
    const codesOf = async (query: object) =>
      (await rest.ask((client) => client.monitor.v1.alerts.list(query))).map(({ errorCode }) => errorCode);
    expect(await codesOf({})).toEqual(['12200', '11200']);
    expect(await codesOf({ logLevel: 'error' })).toEqual(['11200']);
    expect(await codesOf({ startDate: new Date(at + 30_000) })).toEqual(['12200']);
    expect(await codesOf({ endDate: new Date(at + 30_000) })).toEqual(['11200']);
    const sid = account.alerts[0]?.sid ?? '';
    expect(await rest.ask((client) => client.monitor.v1.alerts(sid).fetch())).toMatchObject({
      errorCode: '11200',
      resourceSid: callSid,
      requestUrl: 'https://a.example/',
      alertText: 'Msg=no',
      dateCreated: new Date(at),
    });
  });
});

describe('a rehearsed Business Profile', () => {
  it.each(profileStatuses)('can be %s', async (status) => {
    await using twilio = await rehearseTwilio();
    const { rest, account } = twilio;
    account.setProfile(status);
    const list = rest.ask((client) => client.trusthub.v1.customerProfiles.list());
    if (status === 'error') {
      await expect(list).rejects.toMatchObject({ status: 403 });
      account.setProfile('approved');
      expect(await rest.ask((client) => client.trusthub.v1.customerProfiles.list())).toHaveLength(1);
      return;
    }
    const words: Record<Exclude<typeof status, 'error'>, readonly string[]> = {
      approved: ['twilio-approved'],
      'in-review': ['in-review'],
      pending: ['pending-review'],
      draft: ['draft'],
      rejected: ['twilio-rejected'],
      'no-profile': [],
    };
    expect((await list).map((profile) => profile.status)).toEqual(words[status]);
  });

  it('keeps its SID from status to status, and says why it was rejected', async () => {
    await using twilio = await rehearseTwilio();
    const { rest, account } = twilio;
    account.setProfile('pending');
    const sid = account.profiles[0]?.sid ?? '';
    account.setProfile('rejected', { validUntil: '2027-01-01T00:00:00Z' });
    const { customerProfiles } = (await rest.ask(async (client) => client)).trusthub.v1;
    const profile = await customerProfiles(sid).fetch();
    expect(profile).toMatchObject({ status: 'twilio-rejected', errors: [{ code: 18601 }] });
    expect(profile.validUntil).toEqual(new Date('2027-01-01T00:00:00Z'));
    const [evaluation] = await customerProfiles(sid).customerProfilesEvaluations.list();
    expect(evaluation?.status).toBe('noncompliant');
    expect(evaluation?.results[0]).toMatchObject({ passed: false, error_code: 22217 });
    const again = await customerProfiles(sid)
      .customerProfilesEvaluations(evaluation?.sid ?? '')
      .fetch();
    expect(again.results).toEqual(evaluation?.results);
  });
});
