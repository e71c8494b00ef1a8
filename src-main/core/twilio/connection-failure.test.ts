import { describe, expect, it } from 'vitest';
import { connectionFailure } from './connection-failure.ts';

const withCode = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const inFetch = (cause: Error) => new TypeError('fetch failed', { cause });

describe('connectionFailure', () => {
  it.each<[string, unknown, string, string]>([
    ['a name that is not known', withCode('ENOTFOUND'), 'refused', 'its name was not found on the internet'],
    ['no name server', inFetch(withCode('EAI_AGAIN')), 'refused', 'its name was not found on the internet'],
    ['a refused connection', withCode('ECONNREFUSED'), 'refused', 'the connection was refused'],
    [
      'every address refused',
      inFetch(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])),
      'refused',
      'the connection was refused',
    ],
    [
      'no way to the network',
      withCode('ENETUNREACH', { syscall: 'connect' }),
      'refused',
      'there is no way to it over this network',
    ],
    [
      'no answer to connecting',
      inFetch(withCode('UND_ERR_CONNECT_TIMEOUT')),
      'refused',
      'there is no way to it over this network',
    ],
    [
      'an expired certificate',
      withCode('CERT_HAS_EXPIRED'),
      'untrusted',
      'what answered did not prove that it is Twilio',
    ],
    [
      'a certificate for another name',
      inFetch(withCode('ERR_TLS_CERT_ALTNAME_INVALID')),
      'untrusted',
      'what answered did not prove that it is Twilio',
    ],
    ['no answer in time', withCode('ECONNABORTED'), 'lost', 'it did not answer in time'],
    [
      'a fetch that ran out of time',
      AbortSignal.abort(new DOMException('', 'TimeoutError')).reason,
      'lost',
      'it did not answer in time',
    ],
    ['a connection that broke', withCode('ECONNRESET'), 'lost', 'the connection broke'],
    [
      'a lost way on an open connection',
      withCode('EHOSTUNREACH', { syscall: 'read' }),
      'lost',
      'the connection broke',
    ],
    ['anything else', 'what', 'lost', 'the connection broke'],
  ])('%s', (_name, thrown, kind, reason) => {
    expect(connectionFailure(thrown)).toEqual({ failed: { kind }, reason });
  });
});
