import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import { openDatabase } from '../database/open-database.ts';
import { rememberingLogger } from '../database/testing.ts';
import { systemClock } from '../ports.ts';
import { type CoreUnderTest, startCore, staticNumber, TestCall } from '../test-support/core-under-test.ts';
import { testDestinations } from './test-support/tested-destinations.ts';

/** A caller presses 0 for a person. @returns how long the static number rings. */
async function ringTimeOf(core: CoreUnderTest, callSid: string): Promise<string> {
  const call = new TestCall(core, callSid);
  await call.ring();
  await call.connect();
  call.send({ type: 'dtmf', digit: '0' });
  await call.until(({ type }) => type === 'end');
  const dial = await call.sessionEnded();
  expect(dial).toContain(`>${staticNumber}</Number>`);
  const started = core.core.getCall(callSid)?.events.find(({ fact }) => fact.type === 'dial.started')?.fact;
  expect(started).toMatchObject({ ringSeconds: Number(attributeOf(dial, 'timeout')) });
  return attributeOf(dial, 'timeout');
}

it('after a voicemail at 18 s a handed-over call rings 16 s', async () => {
  await using before = await startCore();
  expect(await ringTimeOf(before, 'CA1')).toBe('20');
  await before.core.stop();

  const file = join(before.dataDir, 'patchbay.db');
  const db = openDatabase(file, { logger: rememberingLogger(), clock: systemClock });
  try {
    await using tested = await testDestinations({}, { db });
    tested.twilio.account.callScripts.set(staticNumber, { kind: 'voicemail', afterSeconds: 18 });
    const test = await tested.destinations.ring({ number: staticNumber, integrationId: 'desk' }, () => {});
    expect(test.voicemailAfterSeconds).toBe(18);
  } finally {
    db.close();
  }

  await using after = await before.restart();
  expect(await ringTimeOf(after, 'CA2')).toBe('16');
});
