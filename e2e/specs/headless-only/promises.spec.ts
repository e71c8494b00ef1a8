import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { parse, stringify } from 'yaml';
import { patchbay } from '../../fixtures/command-line.ts';
import { test } from '../../fixtures/hosts.ts';
import { type Ready, root, startServe } from '../../fixtures/processes.ts';

/** Nobody picks up, and the caller is promised a call back by text. */
const sample = 'text-when-nobody-picks-up.yaml';
const caller = '+14165559999';
const operator = '+14165551234';

test('a caller who reached nobody is promised a call back, and called back from the command line', async ({
  dataDir,
  request,
}) => {
  const { desk } = parse(await readFile(join(root, 'resources/rehearsal/calls', sample), 'utf8'));
  const deskFile = join(dataDir, 'desk.yaml');
  await writeFile(deskFile, stringify(desk));
  const server = startServe(dataDir, ['--rehearsal', '--desk', deskFile], { PATCHBAY_REHEARSAL_SPEED: '20' });
  const { uiUrl } = JSON.parse(await server.firstLine()) as Ready;
  const run = async (...args: string[]) => {
    const ended = await patchbay(dataDir, args);
    return { code: ended.code, said: ended.stdout + ended.stderr };
  };

  expect((await run('promises')).said).toContain('Nobody was promised a call back yet.');

  await request.get(uiUrl);
  const placed = await request.post(`${new URL(uiUrl).origin}/rpc/rehearsal/place`, {
    data: { json: { file: sample } },
  });
  expect(await placed.json()).toMatchObject({ json: { passed: true, problems: [] } });

  const waiting = await run('promises', '--json');
  const { counts, promises } = JSON.parse(waiting.said) as {
    counts: Record<string, number>;
    promises: { id: string; number: string; textProblem: string | null }[];
  };
  expect(counts).toEqual({ open: 1, kept: 0, late: 0, broken: 0 });
  expect(promises).toMatchObject([{ number: caller, textProblem: null }]);
  const id = promises[0]?.id ?? '';

  expect(await run('promises', 'call', 'no-such-promise', '--yes')).toMatchObject({
    code: 2,
    said: expect.stringContaining('there is no promise "no-such-promise"'),
  });
  const unproven = await run('promises', 'call', id, '--yes');
  expect(unproven).toMatchObject({ code: 1, said: expect.stringContaining('no way to Patchbay') });
  await run('tunnel', 'use', 'ngrok');
  expect((await run('tunnel', 'prove')).said).toContain('ngrok: online');

  const called = await run('promises', 'call', id, '--yes');
  expect(called.code, called.said).toBe(0);
  expect(called.said).toContain(`Twilio rings ${operator}.`);
  expect(called.said).toContain(`${operator} pressed a key: now ${caller} is rung.`);
  expect(called.said).toContain(`${caller} picked up: you are connected.`);

  const after = await run('promises');
  expect(after.said).toMatch(new RegExp(`^kept .*\\${caller}`));
  expect(after.said).toContain('1 promise was made: 1 kept in time, 0 kept late, 0 broken, 0 still open.');

  const { code, stderr } = await server.terminate();
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/"level":"error"/);
  expect(stderr).not.toContain(caller.slice(1));
});
