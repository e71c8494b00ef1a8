import { describe, expect, it } from 'vitest';
import { rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';
import { RehearsalAccount } from './rehearsal-account-state.ts';
import { askedRest } from './test-support/ask-rest.ts';

const phoneNumber = '+14165550100';
const trunkSid = `TK${'1'.repeat(32)}`;
const voiceApplicationSid = `AP${'1'.repeat(32)}`;

describe('the numbers of a rehearsed account', () => {
  it('are listed, and found by number', async () => {
    await using twilio = await rehearseTwilio({
      numbers: [phoneNumber, { phoneNumber: '+14165550101', friendlyName: 'Pier', trunkSid }],
    });
    const { rest, account } = twilio;
    account.own('+14165550102');
    const listed = await rest.ask((client) => client.incomingPhoneNumbers.list());
    expect(listed.map((number) => number.phoneNumber)).toEqual([phoneNumber, '+14165550101', '+14165550102']);
    const [found] = await rest.ask((client) =>
      client.incomingPhoneNumbers.list({ phoneNumber: '+14165550101' }),
    );
    expect(found).toMatchObject({ friendlyName: 'Pier', trunkSid, voiceUrl: '', voiceFallbackUrl: null });
  });

  it('keep what is not sent, and clear what is sent empty', async () => {
    await using twilio = await rehearseTwilio({ numbers: [phoneNumber] });
    const { rest, account } = twilio;
    const number = account.number(phoneNumber);
    const update = (settings: object) =>
      rest.ask((client) => client.incomingPhoneNumbers(number.sid).update(settings));
    await update({
      voiceUrl: 'https://a.example/voice#rc=1',
      voiceMethod: 'GET',
      statusCallback: 'https://a.example/s',
    });
    await update({ voiceFallbackUrl: 'https://b.twil.io/answer' });
    expect(number).toMatchObject({
      voiceUrl: 'https://a.example/voice#rc=1',
      voiceMethod: 'GET',
      voiceFallbackUrl: 'https://b.twil.io/answer',
      statusCallback: 'https://a.example/s',
    });
    expect(await update({ voiceUrl: '', voiceFallbackUrl: '' })).toMatchObject({
      voiceUrl: '',
      voiceFallbackUrl: null,
      voiceMethod: 'GET',
    });
  });

  it('have a trunk or an application, the one that was set last', async () => {
    await using twilio = await rehearseTwilio({ numbers: [{ phoneNumber, trunkSid }] });
    const { rest, account } = twilio;
    const number = account.number(phoneNumber);
    const { incomingPhoneNumbers } = await rest.ask(async (client) => client);
    await incomingPhoneNumbers(number.sid).update({ voiceApplicationSid });
    expect(number).toMatchObject({ voiceApplicationSid, trunkSid: '' });
    await incomingPhoneNumbers(number.sid).update({ trunkSid });
    expect(number).toMatchObject({ voiceApplicationSid: '', trunkSid });
    await incomingPhoneNumbers(number.sid).update({ trunkSid: '', voiceApplicationSid: '' });
    expect(number).toMatchObject({ voiceApplicationSid: '', trunkSid: '' });
  });

  it.each([
    ['an address that is none', { VoiceUrl: 'nowhere' }, 400],
    ['a method that is none', { VoiceMethod: 'PATCH' }, 400],
    ['a status callback that is none', { StatusCallback: 'ftp://a.example/' }, 400],
  ])('refuse %s and change nothing', async (_what, form, status) => {
    const account = new RehearsalAccount({ numbers: [phoneNumber] });
    await using rest = await askedRest(account);
    const number = account.number(phoneNumber);
    const before = structuredClone(number);
    const path = `api/2010-04-01/Accounts/${account.sid}/IncomingPhoneNumbers/${number.sid}.json`;
    expect((await rest.ask(path, { form: { FriendlyName: 'Changed', ...form } })).status).toBe(status);
    expect(number).toEqual(before);
    expect((await rest.ask(path.replace(number.sid, 'PN1'), { form })).status).toBe(404);
  });
});
