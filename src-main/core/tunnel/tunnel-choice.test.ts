import { describe, expect, it } from 'vitest';
import { checkedChoice } from './tunnel-choice.ts';

describe('a chosen public URL', () => {
  it.each([
    ['https://calls.example.com', 'https://calls.example.com'],
    [' https://Calls.Example.com/ ', 'https://calls.example.com'],
    ['https://calls.example.com:8443', 'https://calls.example.com:8443'],
    ['https://calls.example.com:443', 'https://calls.example.com'],
    ['https://[2606:4700::1]:8443', 'https://[2606:4700::1]:8443'],
  ])('%s is taken as %s', (url, origin) => {
    expect(checkedChoice({ kind: 'own', url }, false)).toEqual({ kind: 'own', url: origin });
    expect(checkedChoice({ kind: 'own', url }, true)).toEqual({ kind: 'own', url: origin });
  });

  it.each([
    ['http://127.0.0.1:4747', 'must begin with https://'],
    ['http://localhost:4747/', 'must begin with https://'],
    ['https://localhost:4747/', 'only this computer or its own network'],
    ['https://192.168.1.20', 'Twilio can’t reach 192.168.1.20'],
    ['https://[fd00::1]', 'only this computer or its own network'],
    ['https://reception.local', 'only this computer or its own network'],
    ['https://reception', 'only this computer or its own network'],
  ])('%s, which only the rehearsal line reaches, is refused when Twilio itself is asked', (url, says) => {
    expect(() => checkedChoice({ kind: 'own', url }, false)).toThrow(says);
    const { origin } = new URL(url);
    expect(checkedChoice({ kind: 'own', url }, true)).toEqual({ kind: 'own', url: origin });
  });

  it.each([
    ['calls.example.com', 'is no web address'],
    ['', 'is no web address'],
    ['http://calls.example.com', 'must begin with https://'],
    ['ftp://calls.example.com', 'must begin with https://'],
    ['https://me:secret@calls.example.com', 'user name or a password'],
    ['https://calls.example.com/patchbay', 'goes on after the host name'],
    ['https://calls.example.com/?a=1', 'goes on after the host name'],
    ['https://calls.example.com/#ct=1', 'goes on after the host name'],
  ])('%s is refused', (url, says) => {
    expect(() => checkedChoice({ kind: 'own', url }, false)).toThrow(says);
    expect(() => checkedChoice({ kind: 'own', url }, true)).toThrow(says);
  });
});

describe('a chosen ngrok domain', () => {
  it.each([
    ['calls.ngrok.app', 'calls.ngrok.app'],
    ['https://Calls.ngrok.app/', 'calls.ngrok.app'],
  ])('%s is taken as %s', (domain, taken) => {
    expect(checkedChoice({ kind: 'ngrok', domain }, false)).toEqual({ kind: 'ngrok', domain: taken });
  });

  it('can be left to ngrok', () => {
    expect(checkedChoice({ kind: 'ngrok' }, false)).toEqual({ kind: 'ngrok' });
  });

  it.each(['nothing', 'a b.example.com', 'calls.ngrok.app/path', '-calls.ngrok.app', 'calls..app'])(
    '%s is refused',
    (domain) => {
      expect(() => checkedChoice({ kind: 'ngrok', domain }, false)).toThrow('is no domain');
    },
  );
});

it('off is off', () => {
  expect(checkedChoice({ kind: 'off' }, false)).toEqual({ kind: 'off' });
});
