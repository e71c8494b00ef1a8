import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import { AttachedNumberQueries } from '../database/attached-numbers.ts';
import { openDatabase } from '../database/open-database.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { businessNumber, startCore } from '../test-support/core-under-test.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { refusal } from './account-under-test.ts';

const config: NumberConfig = {
  voiceUrl: 'https://one.example/twilio/voice',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
};

it('leaves an account when none of its own numbers is attached, whatever other accounts’ are', async () => {
  await using twilio = await rehearseTwilio({ subaccounts: [{}] });
  const { account: main, vault, rest } = twilio;
  await using under = await startCore(null, { ports: { twilio: rest, vault } });
  const { account } = under.core;
  await account.check();
  const db = openDatabase(join(under.dataDir, 'patchbay.db'), {
    logger: rememberingLogger(),
    clock: handClock(),
  });
  const attach = (accountSid: string) =>
    new AttachedNumberQueries(db).put({
      sid: 'PN1',
      accountSid,
      number: businessNumber,
      workflowId: 'reception',
      state: 'attached',
      since: 0,
      before: config,
      set: config,
      seen: null,
      seenAt: null,
      problem: null,
    });
  const [sub] = main.subaccounts;

  attach(main.sid);
  const refused = await refusal(account.useSubaccount(sub?.sid ?? ''));
  expect(refused.problem.says).toContain('One number is still attached');
  expect(() => account.disconnect()).toThrow('One number is still attached');
  attach('ACanother');
  expect((await account.useSubaccount(sub?.sid ?? '')).accountSid).toBe(sub?.sid);
  account.disconnect();
  expect(account.current()).toBeNull();
  db.close();
});
