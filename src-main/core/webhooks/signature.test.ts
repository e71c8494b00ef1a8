import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedByTwilio, sourceOf } from './signature.ts';

const url = 'https://patchbay.example/twilio/voice?a=1';
const params = { To: '+14165550100', CallSid: 'CA1', Body: 'ü' };

/** Twilio, "Validating requests": base64(HMAC-SHA1(auth token, URL and the fields sorted by name)). */
function sign(token: string, signedUrl = url, fields: Record<string, string> = params): string {
  const text = Object.keys(fields)
    .toSorted()
    .reduce((signed, name) => signed + name + fields[name], signedUrl);
  return createHmac('sha1', token).update(text).digest('base64');
}

describe('Twilio’s signature', () => {
  it.each([
    ['right', sign('token'), 'token', true],
    ['of another token', sign('other'), 'token', false],
    ['of another URL', sign('token', 'https://patchbay.example/twilio/voice'), 'token', false],
    ['of other fields', sign('token', url, { ...params, To: '+14165550101' }), 'token', false],
    ['missing', undefined, 'token', false],
    ['empty', '', 'token', false],
    ['right, but no token is known', sign('token'), undefined, false],
    ['of the empty token', sign(''), '', false],
    ['cut short', sign('token').slice(0, -1), 'token', false],
    ['with the port', sign('token', 'https://patchbay.example:443/twilio/voice?a=1'), 'token', true],
  ])('%s', (_what, signature, token, isSigned) => {
    expect(isSignedByTwilio({ url, signature, params }, token)).toBe(isSigned);
  });

  it.each(['', ':8443'])('knows an origin that is an IPv6 address%s', (port) => {
    const request = { url: `https://[2001:db8::1]${port}/twilio/voice`, params };
    const signatures = [port || ':443', port].map((spelling) =>
      sign('token', `https://[2001:db8::1]${spelling}/twilio/voice`),
    );
    for (const signature of signatures)
      expect(isSignedByTwilio({ ...request, signature }, 'token')).toBe(true);
  });

  it('knows both spellings of a WebSocket address', () => {
    for (const signed of ['wss://patchbay.example/relay', 'wss://patchbay.example:443/relay']) {
      const signature = sign('token', signed, {});
      expect(isSignedByTwilio({ url: 'wss://patchbay.example/relay', signature, params: {} }, 'token')).toBe(
        true,
      );
    }
  });

  it('says which of the tokens it was made with, and under which of the origins', () => {
    const request = { path: '/twilio/voice?a=1', signature: sign('old'), params };
    const origin = 'https://patchbay.example';
    const origins = ['https://other.example', origin];
    expect(sourceOf(request, origins, ['new', 'old'])).toEqual({ origin, signer: 'old' });
    expect(sourceOf(request, origins, ['new'])).toBeUndefined();
    expect(sourceOf(request, origins, [])).toBeUndefined();
    expect(sourceOf(request, ['https://other.example'], ['new', 'old'])).toBeUndefined();
    expect(sourceOf(request, [], ['old'])).toBeUndefined();
    expect(sourceOf({ ...request, signature: sign('') }, origins, ['new', ''])).toBeUndefined();
  });
});
