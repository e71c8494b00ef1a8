import { describe, expect, it } from 'vitest';
import { UnusableMediaError } from '../errors.ts';
import { fetchMedia } from './fetch-media.ts';
import { type Answer, instantWaiting, testTwilioServer } from './test-twilio-server.ts';

const credentials = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'a-token-to-keep' };
const recordings = `/2010-04-01/Accounts/${credentials.accountSid}/Recordings`;
const url = `https://api.twilio.com${recordings}/RE${'1'.repeat(32)}.mp3`;
const moved = `/api${recordings}/RE${'2'.repeat(32)}.mp3`;
const sound: Answer = { status: 200, body: 'sound', headers: { 'Content-Type': 'audio/mpeg' } };

describe('fetchMedia', () => {
  it('fetches a file of the account with Basic auth', async () => {
    await using twilio = await testTwilioServer(sound);
    const { contentType, bytes } = await fetchMedia(url, credentials, {
      apiUrl: twilio.apiUrl,
      waiting: instantWaiting(),
    });
    expect([contentType, bytes.toString()]).toEqual(['audio/mpeg', 'sound']);
    expect(twilio.seen).toMatchObject([
      {
        method: 'GET',
        url: `/api${new URL(url).pathname}`,
        headers: { authorization: `Basic ${btoa(`${credentials.accountSid}:${credentials.authToken}`)}` },
      },
    ]);
  });

  it('says that Twilio does not have it yet, and asks again by itself only what may pass', async () => {
    const missing: Answer = { status: 404, body: { code: 20404, message: 'not found', status: 404 } };
    await using twilio = await testTwilioServer(missing, { status: 500 }, sound);
    const options = { apiUrl: twilio.apiUrl, waiting: instantWaiting() };
    await expect(fetchMedia(url, credentials, options)).rejects.toMatchObject({ status: 404, code: 20404 });
    expect(twilio.seen).toHaveLength(1);
    expect((await fetchMedia(url, credentials, options)).bytes.toString()).toBe('sound');
  });

  it('follows to another host without the credentials', async () => {
    await using elsewhere = await testTwilioServer(sound);
    const away: Answer = { status: 307, headers: { Location: `${elsewhere.apiUrl}/file` } };
    await using twilio = await testTwilioServer({ status: 302, headers: { Location: moved } }, sound, away);
    const options = { apiUrl: twilio.apiUrl, waiting: instantWaiting() };
    // On its own host the credentials go along.
    await fetchMedia(url, credentials, options);
    expect(twilio.seen.map(({ url: path, headers }) => [path, headers.authorization !== undefined])).toEqual([
      [`/api${new URL(url).pathname}`, true],
      [moved, true],
    ]);
    // Another host is not https:// here, so it is not even asked.
    await expect(fetchMedia(url, credentials, options)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(elsewhere.seen).toEqual([]);
  });

  it.each([
    'https://files.example/RE1.mp3',
    'https://api.twilio.com.evil.example/RE1.mp3',
    'https://harbour-1234.twil.io/RE1.mp3',
    'https://trusthub.twilio.com/v1/x.mp3',
    'http://api.twilio.com/RE1.mp3',
  ])('sends the credentials nowhere else: %s', async (address) => {
    for (const apiUrl of [null, 'http://127.0.0.1:1']) {
      const options = { apiUrl, waiting: instantWaiting() };
      await expect(fetchMedia(address, credentials, options)).rejects.toThrow(RangeError);
    }
  });

  it('takes no page for a sound, and nothing that is too large', async () => {
    const page: Answer = { status: 200, body: '<html>', headers: { 'Content-Type': 'text/html' } };
    const huge: Answer = { ...sound, body: 'x'.repeat(20 * 1024 * 1024 + 1) };
    await using twilio = await testTwilioServer(page, huge);
    const options = { apiUrl: twilio.apiUrl, waiting: instantWaiting() };
    await expect(fetchMedia(url, credentials, options)).rejects.toThrow(UnusableMediaError);
    await expect(fetchMedia(url, credentials, options)).rejects.toThrow(/larger than 20 MB/);
  });
});
