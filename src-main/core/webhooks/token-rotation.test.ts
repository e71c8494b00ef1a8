import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attributeOf, incomingCall, SignedRequests } from '../../../e2e/fixtures/signed-requests.ts';
import { handClock } from '../database/testing.ts';
import {
  businessNumber,
  caller,
  deskYaml,
  publicUrl,
  startCore,
  staticNumber,
  TestCall,
} from '../test-support/core-under-test.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';

const minute = 60_000;
const isEnd = (message: { type: string }) => message.type === 'end';

/** A core on a rehearsed account, whose clock is set by hand. */
async function startRotating() {
  const rehearsed = await rehearseTwilio({ authToken: 'planted-old-token-0123456789abcd' });
  const clock = handClock(Date.now());
  const { vault, rest: twilio, account } = rehearsed;
  const under = await startCore(deskYaml(), { ports: { vault, twilio, clock } });
  const signedWith = (token: string) => new SignedRequests(under.webhookUrl, token, publicUrl);
  const oldToken = account.authToken;
  under.twilio = signedWith(oldToken);
  return {
    under,
    clock,
    account,
    oldToken,
    newToken: 'planted-new-token-0123456789abcd',
    signedWith,
    ring: (token: string, callSid: string) =>
      signedWith(token).post('/twilio/voice', incomingCall(callSid, caller, businessNumber)),
    async [Symbol.asyncDispose]() {
      await under[Symbol.asyncDispose]();
      await rehearsed[Symbol.asyncDispose]();
    },
  };
}

it('loses no call while the token is rotated, and then refuses the old one', async () => {
  await using it = await startRotating();
  const { under, clock, account, oldToken, newToken } = it;
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();

  account.rotateToken(newToken);
  await under.core.account.connect({ accountSid: account.sid, authToken: newToken });
  expect((await it.ring('planted-other-token-123456789abc', 'CAforged')).status).toBe(403);

  // Begun under the old token, signed with the old one still, and then with the new one.
  call.say('I want to speak with a person');
  await call.until(isEnd);
  expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
  clock.set(clock.now() + 10 * minute);
  under.twilio = it.signedWith(newToken);
  expect(await call.dialEnded('completed', { DialCallDuration: '42' })).toContain('<Hangup/>');
  expect(call.view()).toMatchObject({ outcome: 'human-on-the-line', phase: 'ended' });

  clock.set(clock.now() + 5 * minute - 1);
  expect((await it.ring(oldToken, 'CA2')).status).toBe(200);
  clock.set(clock.now() + 1);
  expect((await it.ring(oldToken, 'CA3')).status).toBe(403);
  expect((await it.ring(newToken, 'CA3')).status).toBe(200);
  expect(under.core.getCall('CAforged')).toBeUndefined();
});

it('takes the old token as long as it is Twilio’s primary one, also over a restart, and not much longer', async () => {
  await using it = await startRotating();
  const { under, clock, account, oldToken } = it;
  const accountSid = account.sid;
  await under.core.account.connect({ accountSid, authToken: account.createSecondaryToken() });
  expect(under.core.status().warnings.join()).toContain('Make the new one the primary one');
  clock.set(clock.now() + 7 * 24 * 60 * minute);
  await under.core.account.check();
  expect((await it.ring(oldToken, 'CA1')).status).toBe(200);

  await using again = await under.restart();
  const ring = (callSid: string) =>
    new SignedRequests(again.webhookUrl, oldToken, publicUrl).post(
      '/twilio/voice',
      incomingCall(callSid, caller, businessNumber),
    );
  expect((await ring('CA2')).status).toBe(200);
  account.rotateToken();
  await again.core.account.check();
  expect(again.core.status().warnings.join()).not.toContain('Make the new one the primary one');
  expect((await ring('CA3')).status).toBe(200);
  clock.set(clock.now() + 15 * minute);
  expect((await ring('CA4')).status).toBe(403);
});

it('takes a relay’s handshake signed with either token, and no other', async () => {
  await using it = await startRotating();
  const { under, account, oldToken, newToken } = it;
  account.rotateToken(newToken);
  await under.core.account.connect({ accountSid: account.sid, authToken: newToken });
  for (const [callSid, token, opens] of [
    ['CA1', oldToken, true],
    ['CA2', newToken, true],
    ['CA3', 'planted-other-token-123456789abc', false],
  ] as const) {
    const { text } = await it.ring(newToken, callSid);
    const url = attributeOf(text, 'url');
    const socket = new WebSocket(url.replace(/^wss:\/\/[^/]+/, under.webhookUrl.replace('http', 'ws')), {
      headers: { 'x-twilio-signature': it.signedWith(token).signature(url, {}) },
    });
    const opened = await new Promise((resolve) =>
      socket.once('open', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.close();
    expect(opened).toBe(opens);
  }
});

it('still refuses what is not signed while two tokens are taken', async () => {
  await using it = await startRotating();
  const { under, account, newToken, oldToken } = it;
  account.rotateToken(newToken);
  await under.core.account.connect({ accountSid: account.sid, authToken: newToken });
  const voice = `${under.webhookUrl}/twilio/voice`;
  const fields = incomingCall('CA1', caller, businessNumber);
  expect((await fetch(voice, { method: 'POST', body: new URLSearchParams(fields) })).status).toBe(403);
  expect((await fetch(voice)).status).toBe(403);
  const ofAnotherUrl = it.signedWith(oldToken).signature(`${publicUrl}/twilio/elsewhere`, fields);
  expect(
    (
      await fetch(voice, {
        method: 'POST',
        headers: { 'x-twilio-signature': ofAnotherUrl },
        body: new URLSearchParams(fields),
      })
    ).status,
  ).toBe(403);
  expect(under.core.getCall('CA1')).toBeUndefined();
});

it('writes neither token into a log line or the database', async () => {
  await using it = await startRotating();
  const { under, account, newToken, oldToken, clock } = it;
  account.rotateToken(newToken);
  await expect(under.core.account.check()).rejects.toThrow();
  await under.core.account.connect({ accountSid: account.sid, authToken: newToken });
  await it.ring(oldToken, 'CA1');
  await it.ring(newToken, 'CA1');
  clock.set(clock.now() + 15 * minute);
  await it.ring(oldToken, 'CA2');
  expect(under.logLines.join('')).toContain('The previous auth token is no longer taken');
  const kept = readdirSync(under.dataDir)
    .filter((name) => name.includes('.db'))
    .map((name) => readFileSync(join(under.dataDir, name), 'latin1'));
  expect(kept.join('')).toContain(account.sid);
  expect(under.logLines.join('') + kept.join('')).not.toContain('planted-');
});
