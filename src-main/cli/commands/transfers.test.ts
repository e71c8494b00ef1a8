import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, it } from 'vitest';
import { createApi } from '../../api/create-api.ts';
import type { Core } from '../../core/core.ts';
import { VaultError } from '../../core/errors.ts';
import { caller, routerKey, startCore, staticNumber } from '../../core/test-support/core-under-test.ts';
import { noFlags, UsageError } from '../command.ts';
import { commandOf } from '../commands.ts';

/** Types a command on this core. @returns what was printed, and the exit code. */
async function type(core: Core, typed: string[], flags: { json?: boolean; secret?: string } = {}) {
  const found = commandOf(typed);
  if (found === undefined) throw new Error(`there is no command "${typed.join(' ')}"`);
  const printed: string[] = [];
  const code = await found.command.run({
    client: createRouterClient(
      createApi({
        core,
        connectAccount: () => Promise.reject(new Error('not asked for')),
        forwarding: { carriers: () => [], guide: () => undefined },
        rehearsal: null,
        host: 'headless',
        version: '1.2.3',
        hasTwilioAccount: () => false,
      }),
    ),
    isRunning: false,
    args: found.args,
    flags: {
      ...noFlags,
      json: flags.json ?? false,
      yes: false,
      integration: undefined,
      lineType: false,
      seconds: undefined,
      route: {},
    },
    print: (line) => printed.push(line),
    confirm: async () => false,
    secret: async () => flags.secret ?? '',
  });
  return { code, printed, text: printed.join('\n') };
}

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
  const { text } = await type(under.core, ['transfers'], { json: true });
  expect(JSON.parse(text)).toMatchObject([{ dialect: 'vapi' }, { platformCall: { callId: 'c1' } }]);
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
