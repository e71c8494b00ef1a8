import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';
import { AppProcess, root } from '../../fixtures/processes.ts';

const calls = join(root, 'resources/rehearsal/calls');

function rehearse(...args: string[]) {
  // Playwright forces colours on everything below it.
  const env = { ...process.env, FORCE_COLOR: '0' };
  return new AppProcess(spawn(process.execPath, [join(root, 'out/main/rehearse.js'), ...args], { env }))
    .ended;
}

test('every sample call ends as it should', async () => {
  test.setTimeout(180_000);
  const { code, stdout, stderr } = await rehearse();
  const files = (await readdir(calls)).filter((file) => file.endsWith('.yaml'));
  expect(files.length).toBeGreaterThanOrEqual(20);
  expect(stdout.split('\n').filter((line) => line.startsWith('✗'))).toEqual([]);
  expect(stdout.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(files.length);
  expect(stdout).toContain(`${files.length} calls: ${files.length} as expected`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('an unmet expectation says what was expected and what came, and fails', async ({ dataDir }) => {
  const file = join(dataDir, 'disappointed.yaml');
  await writeFile(
    file,
    `name: Expects too much
about: The number is not set up, so nobody can be reached.
from: "+14165550199"
to: "+14165550888"
steps: []
expect: { outcome: human-on-the-line }
`,
  );
  const { code, stdout } = await rehearse(file);
  expect(stdout).toMatch(
    /✗ Expects too much.*\n.*outcome:\n\s+expected human-on-the-line\n\s+came\s+not-set-up/,
  );
  expect(code).toBe(1);
});

test('a file that is no call fails with a reason', async ({ dataDir }) => {
  const file = join(dataDir, 'no-call.yaml');
  await writeFile(file, 'patchbay: 1\n');
  const { code, stdout, stderr } = await rehearse(file);
  expect(stdout + stderr).toContain('the file is no rehearsal call: it needs at least "name" and "expect"');
  expect(code).toBe(1);
});
