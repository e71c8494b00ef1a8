import { expect, it } from 'vitest';
import { TwilioRequestError } from '../errors.ts';
import { deskYaml, startCore, TestCall } from '../test-support/core-under-test.ts';

it('a text that Twilio refuses is explained in the call’s log', async () => {
  const workflow = `, texts: [{ id: case-number, when: The caller asks for a text, body: Hello }]`;
  const refusal = new TwilioRequestError('x', { status: 400, code: 21_614, retryable: false });
  const texts = { send: () => Promise.reject(refusal) };
  await using under = await startCore(deskYaml({ workflow }), { ports: { texts } });
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();
  call.say('Please text me my case number');
  await call.until(({ last }) => last === true);
  const facts = under.core.getCall('CA1')?.events.map(({ fact }) => fact);
  expect(facts).toContainEqual({
    type: 'text.failed',
    textId: 'case-number',
    problem: 'The number can’t get texts; it may be a landline. Ask the caller for a mobile number.',
  });
});
