import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTwiml, TwimlError } from './twiml.ts';

const read = (body: string, contentType = 'text/xml') =>
  parseTwiml({ contentType, body: Buffer.from(body, 'utf8') });

const codeOf = (body: string, contentType?: string): number | undefined => {
  try {
    read(body, contentType);
    return undefined;
  } catch (error) {
    if (error instanceof TwimlError) return error.code;
    throw error;
  }
};

describe('parseTwiml', () => {
  it('reads a relay with its parameters', () => {
    const response = read(
      `<?xml version="1.0" encoding="UTF-8"?>
      <Response><Connect action="/after" method="POST"><ConversationRelay url="wss://a.example/r" welcomeGreeting="Hi &amp; hello" dtmfDetection="true">
      <Parameter name="a" value="1"/></ConversationRelay></Connect></Response>`,
      'text/xml; charset=utf-8',
    );
    const relay = response.children[0]?.children[0];
    expect(relay?.attributes.welcomeGreeting).toBe('Hi & hello');
    expect(relay?.children[0]?.attributes).toEqual({ name: 'a', value: '1' });
  });

  it('reads a dial with several numbers and words before it', () => {
    const response = read(
      '<Response><Say>One moment.</Say><Dial timeout="20" callerId="+14165550100" answerOnBridge="true">' +
        '<Number statusCallback="https://a.example/s" statusCallbackEvent="initiated ringing answered completed">+14165551234</Number>' +
        '<Number>+14165551235</Number></Dial></Response>',
    );
    expect(response.children.map((verb) => verb.name)).toEqual(['Say', 'Dial']);
    expect(response.children[1]?.children.map((number) => number.text)).toEqual([
      '+14165551234',
      '+14165551235',
    ]);
  });

  it.each([
    ['an unknown verb', '<Response><Transfer/></Response>', 12200],
    ['a verb in a wrong place', '<Response><Number>+14165551234</Number></Response>', 12200],
    ['a dial inside a gather', '<Response><Gather><Dial>+14165551234</Dial></Gather></Response>', 12200],
    ['an unknown attribute', '<Response><Dial timeOut="20">+14165551234</Dial></Response>', 12200],
    [
      'an attribute that is no number',
      '<Response><Dial timeout="soon">+14165551234</Dial></Response>',
      12200,
    ],
    [
      'a status event that does not exist',
      '<Response><Dial><Number statusCallbackEvent="answer">+1</Number></Dial></Response>',
      12200,
    ],
    ['loose words', '<Response>Hello<Hangup/></Response>', 12200],
    [
      'eleven numbers',
      `<Response><Dial>${'<Number>+14165551234</Number>'.repeat(11)}</Dial></Response>`,
      12200,
    ],
    [
      'a relay attribute in the wrong case',
      '<Response><Connect><ConversationRelay url="wss://a.example" speechtimeout="5"/></Connect></Response>',
      64101,
    ],
    [
      'a relay provider that does not exist',
      '<Response><Connect><ConversationRelay url="wss://a.example" ttsProvider="Acme"/></Connect></Response>',
      64101,
    ],
    ['a relay without a url', '<Response><Connect><ConversationRelay/></Connect></Response>', 64101],
    ['a broken document', '<Response><Say>Hello</Response>', 12100],
    ['another document', '<html/>', 12100],
    ['no document', '', 12100],
    ['an entity', '<!DOCTYPE Response [<!ENTITY a "b">]><Response/>', 12100],
    ['too much', `<Response><Say>${'a'.repeat(66_000)}</Say></Response>`, 11750],
  ])('refuses %s', (_what, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  it('refuses an answer that does not say that it is XML', () => {
    expect(codeOf('<Response/>', 'application/json')).toBe(12300);
    expect(codeOf('<Response/>', '')).toBe(12300);
    expect(codeOf('<Response/>', 'application/xml')).toBeUndefined();
  });

  it('answers any text with a document or a TwimlError', () => {
    const bits = fc.constantFrom(
      '<Response>',
      '</Response>',
      '<Dial>',
      '</Dial>',
      '<Say/>',
      '&',
      '<',
      'x="1"',
      'words',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string()), { maxLength: 8 }), (parts) => {
        expect(() => codeOf(parts.join(''))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
