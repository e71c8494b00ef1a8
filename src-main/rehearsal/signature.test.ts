import { describe, expect, it } from 'vitest';
import { twilioSignature } from './signature.ts';

describe('twilioSignature', () => {
  it('gives the signature that Twilio’s security page works out for its example', () => {
    const signature = twilioSignature('12345', 'https://example.com/myapp.php?foo=1&bar=2', {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675310',
      Digits: '1234',
      From: '+14158675310',
      To: '+18005551212',
    });
    expect(signature).toBe('L/OH5YylLD5NRKLltdqwSvS0BnU=');
  });

  it('does not depend on the order of the parameters', () => {
    expect(twilioSignature('t', 'https://a.example/', { b: '2', a: '1' })).toBe(
      twilioSignature('t', 'https://a.example/', { a: '1', b: '2' }),
    );
  });

  it('leaves out the fragment, which Twilio keeps to itself', () => {
    expect(twilioSignature('t', 'https://a.example/voice#rc=2', { a: '1' })).toBe(
      twilioSignature('t', 'https://a.example/voice', { a: '1' }),
    );
  });

  it('depends on the token, the URL and every value', () => {
    const signatures = [
      twilioSignature('t', 'wss://a.example/relay'),
      twilioSignature('u', 'wss://a.example/relay'),
      twilioSignature('t', 'https://a.example/relay'),
      twilioSignature('t', 'wss://a.example/relay', { a: '1' }),
      twilioSignature('t', 'wss://a.example/relay', { a: '2' }),
    ];
    expect(new Set(signatures).size).toBe(signatures.length);
  });
});
