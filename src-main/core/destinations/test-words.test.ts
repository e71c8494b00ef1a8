import { expect, it } from 'vitest';
import { testCallWords } from './test-words.ts';

const action = 'https://patchbay.example/twilio/destination-tests/abc';

it('names the operator and the integration, and asks for a key twice', () => {
  const twiml = testCallWords({
    operatorName: 'Harbour & Sons',
    integrationName: 'Front desk',
    actionUrl: action,
  });
  expect(twiml.match(/<Gather [^>]*>/g)).toEqual([
    `<Gather input="dtmf" numDigits="1" timeout="8" action="${action}" method="POST">`,
    `<Gather input="dtmf" numDigits="1" timeout="8" action="${action}" method="POST">`,
  ]);
  expect(twiml).toContain('calling for Harbour &amp; Sons, testing the number for Front desk.');
  expect(twiml).toMatch(/Goodbye\.<\/Say><Hangup\/><\/Response>$/);
});

it.each([
  null,
  '',
  'My first Twilio account',
  `AC${'0'.repeat(32)}`,
  'jo@example.com’s Account',
  "jo@example.com's Account",
])('does not read out the name %s, which nobody chose', (operatorName) => {
  const twiml = testCallWords({ operatorName, integrationName: null, actionUrl: action });
  expect(twiml).toContain('Hello. This is Patchbay, testing this phone number.');
});

it('asks for no key that nobody would hear', () => {
  const twiml = testCallWords({
    operatorName: 'Harbour Plumbing',
    integrationName: null,
    actionUrl: null,
  });
  expect(twiml).not.toContain('Gather');
  expect(twiml).not.toContain('press');
  expect(twiml).toContain('Harbour Plumbing');
});
