import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Core } from '../../core/core.ts';
import { VaultError } from '../../core/errors.ts';
import {
  businessNumber,
  caller,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
} from '../../core/test-support/core-under-test.ts';
import { UsageError } from '../command.ts';
import { typeCommand as type } from '../test-support/type-command.ts';

async function post(webhookUrl: string, path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(`${webhookUrl}${path}`, init)).status;
}

it('patchbay transfers shows what the platform told of each call', async () => {
  await using under = await startCore();
  expect((await type(under.core, ['transfers'])).text).toContain('No platform has asked');
  await post(under.webhookUrl, `/transfer/${routerKey}`, { number: caller });
  await post(under.webhookUrl, `/transfer/${routerKey}/vapi`, {});
  await post(under.webhookUrl, `/calls/${routerKey}`, {
    call_id: 'c1',
    phone_number_from: caller,
    call_status: 'success',
    call_summary: 'A pipe has burst.',
    form_fills: { name: 'Jo' },
  });
  const { printed } = await type(under.core, ['transfers']);
  expect(printed).toEqual([
    expect.stringMatching(new RegExp(`vapi {2}a withheld number → \\${staticNumber}`)),
    expect.stringMatching(new RegExp(`callcow {2}\\${caller} → \\${staticNumber}`)),
    '  success  A pipe has burst.',
    '    name: Jo',
  ]);
  const { text } = await type(under.core, ['transfers'], { flags: { json: true } });
  expect(JSON.parse(text)).toMatchObject([{ dialect: 'vapi' }, { platformCall: { callId: 'c1' } }]);
});

it('patchbay transfers says when the hand-over number could not be answered', async () => {
  const handOver = `, handOverNumber: "${businessNumber}"`;
  await using under = await startCore(deskYaml({ integration: handOver }));
  await post(under.webhookUrl, `/transfer/${routerKey}`, { number: caller });
  const { printed } = await type(under.core, ['transfers']);
  expect(printed).toEqual([
    expect.stringContaining(`→ ${staticNumber}`),
    `  ! The hand-over number ${businessNumber} could not be answered, because no Twilio account is connected.`,
  ]);
});

it('patchbay platform calls shows every call that a platform told of, and which belongs to no transfer', async () => {
  await using under = await startCore();
  expect((await type(under.core, ['platform', 'calls'])).text).toContain('No platform has told');
  await post(under.webhookUrl, `/transfer/${routerKey}`, { number: caller });
  const path = `/calls/${routerKey}`;
  await post(under.webhookUrl, path, { call_id: 'c1', phone_number_from: caller, call_summary: 'A leak.' });
  await post(under.webhookUrl, path, { call_id: 'c2', call_status: 'success', form_fills: { name: 'Jo' } });
  expect((await type(under.core, ['platform', 'calls'])).printed).toEqual([
    expect.stringContaining('a withheld number → no number  success'),
    '  it belongs to no transfer',
    '    name: Jo',
    expect.stringContaining(`${caller} → no number    A leak.`),
  ]);
  const { text } = await type(under.core, ['platform', 'calls'], { flags: { json: true, last: 1 } });
  expect(JSON.parse(text)).toMatchObject([{ callId: 'c2', transferId: null }]);
  const newest = await type(under.core, ['transfers'], { flags: { json: true, last: 1 } });
  expect(JSON.parse(newest.text)).toHaveLength(1);
});

it('patchbay lint says what a platform would make of an answer, and exits 1 when it does not work', async () => {
  await using under = await startCore();
  const file = (content: string) => {
    const path = join(under.dataDir, 'answer.json');
    writeFileSync(path, content);
    return path;
  };
  const good = await type(under.core, [
    'lint',
    'vapi',
    file(`{"destination":{"type":"number","number":"${staticNumber}"}}`),
  ]);
  expect(good).toEqual({
    code: 0,
    printed: ['ok       vapi: Vapi takes this answer as it is.'],
    text: expect.any(String),
  });
  const bad = await type(under.core, ['lint', 'vapi', file(`{"number":"${staticNumber}"}`)]);
  expect(bad.code).toBe(1);
  expect(bad.printed[0]).toMatch(/^broken {3}vapi: There is no "destination"/);
  await expect(type(under.core, ['lint', 'siri'])).rejects.toThrow(UsageError);
  await expect(type(under.core, ['lint', 'vapi', '/no/such/file'])).rejects.toThrow(UsageError);
});

it('patchbay retell key keeps the key, or says why it can’t', async () => {
  await using under = await startCore();
  expect(await type(under.core, ['retell', 'key'], { secret: 'key_1' })).toMatchObject({ code: 0 });
  const core: Core = {
    ...under.core,
    setRetellKey() {
      throw new VaultError('RETELL_API_KEY is set in the environment');
    },
  };
  await expect(type(core, ['retell', 'key'], { secret: 'key_1' })).rejects.toMatchObject({
    data: { says: expect.any(String) },
  });
  await expect(type(core, ['retell', 'key'], { secret: ' ' })).rejects.toThrow();
});
