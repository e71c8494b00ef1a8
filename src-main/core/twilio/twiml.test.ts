import { expect, it } from 'vitest';
import { hangUpTwiml } from './twiml.ts';

it.each([
  ['en-CA', 'en-CA'],
  ['en', 'en-US'],
  ['fr', 'fr-FR'],
  ['es-419', 'es-ES'],
  ['zh-Hant-TW', 'zh-TW'],
])('has words in %s said in %s, which Twilio knows', (language, spoken) => {
  expect(hangUpTwiml({ say: 'Hello', language })).toContain(`<Say language="${spoken}">Hello</Say>`);
});

it('says nothing that XML can’t hold', () => {
  expect(hangUpTwiml({ say: 'a\u0000b<&', language: 'en-US' })).toContain('>a b&lt;&amp;</Say>');
});
