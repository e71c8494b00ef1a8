import { describe, expect, it } from 'vitest';
import { rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';
import { RehearsalAccount, type SentText } from './rehearsal-account-state.ts';
import { askedRest } from './test-support/ask-rest.ts';

const from = '+14165550100';
const to = '+14165559999';

describe('texts at the rehearsed Twilio', () => {
  it('are taken, and told', async () => {
    await using twilio = await rehearseTwilio();
    const { rest, account } = twilio;
    const told: SentText[] = [];
    account.onText = (text) => told.push(text);
    const sent = await rest.ask((client) => client.messages.create({ from, to, body: 'Hello' }));
    expect(sent).toMatchObject({ status: 'queued', from, to, body: 'Hello', numSegments: '1' });
    expect(told).toEqual([{ sid: sent.sid, from, to, body: 'Hello' }]);
    expect(account.texts).toEqual(told);
  });

  it.each([
    ['the invalid test number', { To: '+15005550001' }, 21211],
    ['no number', { To: 'Bob' }, 21211],
    ['nobody', { To: '' }, 21604],
    ['no sender', { From: '' }, 21603],
    ['an empty text', { Body: '' }, 21602],
    ['a text that is too long', { Body: 'a'.repeat(1601) }, 21617],
    ['a number that is refused', { To: '+14165558888' }, 21610],
  ])('are refused: %s', async (_what, form, code) => {
    const account = new RehearsalAccount();
    account.refusedTexts.set('+14165558888', 21610);
    await using rest = await askedRest(account);
    const answer = await rest.ask(`api/2010-04-01/Accounts/${account.sid}/Messages.json`, {
      form: { From: from, To: to, Body: 'Hello', ...form },
    });
    expect([answer.status, answer.json.code]).toEqual([400, code]);
    expect(account.texts).toEqual([]);
  });

  it('go from a trial account to verified numbers alone', async () => {
    await using twilio = await rehearseTwilio({ type: 'Trial' });
    const { rest, account } = twilio;
    const send = () => rest.ask((client) => client.messages.create({ from, to, body: 'Hello' }));
    await expect(send()).rejects.toMatchObject({ code: 21608 });
    account.verify(to);
    expect((await send()).status).toBe('queued');
  });
});
