import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedByTwilio, signerOf } from './signature.ts';

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

  it('knows both spellings of a WebSocket address', () => {
    for (const signed of ['wss://patchbay.example/relay', 'wss://patchbay.example:443/relay']) {
      const signature = sign('token', signed, {});
      expect(isSignedByTwilio({ url: 'wss://patchbay.example/relay', signature, params: {} }, 'token')).toBe(
        true,
      );
    }
  });

  it('says which of the tokens it was made with', () => {
    const request = { url, signature: sign('old'), params };
    expect(signerOf(request, ['new', 'old'])).toBe('old');
    expect(signerOf(request, ['new'])).toBeUndefined();
    expect(signerOf(request, [])).toBeUndefined();
    expect(signerOf({ ...request, signature: sign('') }, ['new', ''])).toBeUndefined();
  });
});
