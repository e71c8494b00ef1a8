import { expect, it } from 'vitest';
import { testCallWords } from './test-words.ts';

const action = 'https://patchbay.example/twilio/destination-tests/abc';

it('names the operator and the integration, and asks for a key twice', () => {
  const twiml = testCallWords({
    operatorNames: ['Harbour & Sons', 'Harbour and Sons Limited'],
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
  const spoken = (...operatorNames: (string | null)[]) =>
    testCallWords({ operatorNames, integrationName: null, actionUrl: action });
  expect(spoken(operatorName)).toContain('Hello. This is Patchbay, testing this phone number.');
  expect(spoken(operatorName, 'Harbour Ltd.')).toContain(
    'This is Patchbay, calling for Harbour Ltd., testing',
  );
});

it('asks for no key that nobody would hear', () => {
  const twiml = testCallWords({
    operatorNames: ['Harbour Plumbing'],
    integrationName: null,
    actionUrl: null,
  });
  expect(twiml).not.toContain('Gather');
  expect(twiml).not.toContain('press');
  expect(twiml).toContain('Harbour Plumbing');
});
