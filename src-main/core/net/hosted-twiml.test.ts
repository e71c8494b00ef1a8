import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialTwiml, hangUpTwiml } from '../twilio/twiml.ts';
import { readTwiml } from './hosted-twiml.ts';

describe('readTwiml', () => {
  it('reads what the builder writes', () => {
    const plan = {
      phones: [{ destination: '+14165551234', legStatusUrl: 'https://example.com/leg' }],
      callerId: '+14165550199',
      ringSeconds: 40,
      actionUrl: 'https://example.com/a?b=1&c="2"',
      say: 'Tom & Jerry’s <shop>',
      language: 'en-US',
    };
    expect(readTwiml(dialTwiml(plan))).toEqual({
      says: ['Tom & Jerry’s <shop>'],
      dial: {
        numbers: ['+14165551234'],
        timeoutSeconds: 40,
        action: 'https://example.com/a?b=1&c="2"',
        callerId: '+14165550199',
      },
    });
    expect(readTwiml(hangUpTwiml({ say: 'Bye', language: 'en' }))).toEqual({ says: ['Bye'], dial: null });
  });

  it('knows the short form, several numbers, and Twilio’s default time', () => {
    const dial = { timeoutSeconds: 30, action: null, callerId: null };
    expect(readTwiml('<Response><Dial>+1</Dial><Say>after</Say></Response>')).toEqual({
      says: ['after'],
      dial: { ...dial, numbers: ['+1'] },
    });
    expect(
      readTwiml("<Response><Dial timeout='x'><Number>+1</Number>\n<Number>+2</Number></Dial></Response>"),
    ).toEqual({
      says: [],
      dial: { ...dial, numbers: ['+1', '+2'] },
    });
    expect(readTwiml('<Response><Dial/></Response>')?.dial).toEqual({ ...dial, numbers: [] });
  });

  it('passes over what it does not know', () => {
    const xml = `<?xml version="1.0"?><Response><!-- <Dial>+9</Dial> --><Play>x.mp3</Play><Say>&#72;&#x69; &bogus;</Say><Hangup/></Response>`;
    expect(readTwiml(xml)).toEqual({ says: ['Hi &bogus;'], dial: null });
  });

  it.each(['', 'Not found', '{"code":20404}', '<html><body>502</body></html>'])(
    'takes %j for no TwiML',
    (body) => {
      expect(readTwiml(body)).toBeNull();
    },
  );

  it('never fails, whatever is served', () => {
    const piece = fc.constantFrom(
      '<Response>',
      '<Dial',
      ' a="',
      '">',
      '<Say>',
      '</',
      '&#x110000;',
      '&#1;',
      '-->',
      '<!--',
      'x',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void readTwiml(`<Response>${pieces.join('')}`)));
  });
});
