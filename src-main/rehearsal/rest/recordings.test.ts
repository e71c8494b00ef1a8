import { describe, expect, it } from 'vitest';
import { RehearsalAccount } from './rehearsal-account-state.ts';
import { askedRest } from './test-support/ask-rest.ts';

describe('recordings at the rehearsed Twilio', () => {
  it('are there a moment later, as sound, for who has the credentials', async () => {
    const account = new RehearsalAccount();
    account.line.keepRecording?.({ sid: 'RE1', seconds: 7 });
    await using rest = await askedRest(account);
    const path = (sid: string) => `api/2010-04-01/Accounts/${account.sid}/Recordings/${sid}.mp3`;
    expect((await rest.ask(path('RE1'), { token: 'wrong' })).status).toBe(401);
    expect((await rest.ask(path('RE2'))).status).toBe(404);
    const early = await rest.ask(path('RE1'));
    expect([early.status, early.json.code]).toEqual([404, 20404]);
    const { status, headers } = await rest.ask(path('RE1'));
    expect([status, headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
  });
});
