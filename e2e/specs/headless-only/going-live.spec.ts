import { join } from 'node:path';
import { expect } from '@playwright/test';
import { patchbay } from '../../fixtures/command-line.ts';
import { test } from '../../fixtures/hosts.ts';
import { root, startServe, temporaryFolder } from '../../fixtures/processes.ts';

const practiceDesk = join(root, 'resources/rehearsal/practice-desk.yaml');
const number = '+14165550100';
const staticNumber = '+14165551234';

test('the whole way to going live, on the rehearsal line, from the command line', async ({ dataDir }) => {
  const server = startServe(dataDir, ['--rehearsal', '--desk', practiceDesk], {
    PATCHBAY_REHEARSAL_SPEED: '20',
  });
  await server.firstLine();
  const run = async (...args: string[]) => {
    const ended = await patchbay(dataDir, args);
    return { code: ended.code, said: ended.stdout + ended.stderr };
  };

  const before = await run('doctor');
  expect(before.code).toBe(1);
  expect(before.said).toContain(`${number} does not lead to Patchbay`);

  expect(await run('account')).toMatchObject({ code: 0, said: expect.stringContaining('Full, active') });
  expect((await run('profile')).said).toContain('Approved');

  expect((await run('tunnel', 'use', 'ngrok')).said).toContain('ngrok: ');
  expect((await run('tunnel', 'prove')).said).toContain('ngrok: online');

  const rung = await run('destinations', 'ring', staticNumber, '--integration', 'front-desk', '--yes');
  expect(rung).toMatchObject({ code: 0 });
  expect((await run('destinations')).said).not.toContain('not tested');

  const refused = await run('numbers', 'attach', number, 'reception');
  expect(refused.code, 'nobody agreed').toBe(1);
  expect(refused.said).toContain('voice URL: ');
  expect((await run('net', 'status')).said).toContain('No number is attached');

  const attached = await run('numbers', 'attach', number, 'reception', '--yes');
  expect(attached).toMatchObject({
    code: 0,
    said: expect.stringContaining(`${number} is attached to reception.`),
  });
  expect((await run('numbers')).said).toContain('attached → reception');

  const net = await run('net', 'status');
  expect(net.code, net.said).toBe(0);
  expect(net.said).toContain(staticNumber);

  const after = await run('doctor', '--json');
  expect(after.code, after.said).toBe(0);
  const { links } = JSON.parse(after.said) as { links: { id: string; verdict: string; says: string }[] };
  expect(links.find(({ id }) => id === 'reach:reception')?.says).toContain(
    `A call to ${number} would reach ${staticNumber}.`,
  );
  // To know about: the AI that rehearses, and two phones that rules lead to and that were never rung.
  expect(links.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual([
    'model:reception',
    'destination:reception:+14165550002',
    'destination:reception:+19055550003',
    'reach:reception',
  ]);

  expect(await run('numbers', 'detach', number, '--yes')).toMatchObject({ code: 0 });
  expect((await run('numbers')).said).toContain('not attached');
  const { code, stderr } = await server.terminate();
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/"level":"error"/);
});

test('what was rehearsed is forgotten: nothing passes for tested or attached on the operator’s own account', async ({
  dataDir,
}) => {
  const server = startServe(dataDir, ['--rehearsal', '--desk', practiceDesk], {
    PATCHBAY_REHEARSAL_SPEED: '20',
  });
  await server.firstLine();
  await patchbay(dataDir, ['tunnel', 'use', 'ngrok']);
  const ring = ['destinations', 'ring', staticNumber, '--integration', 'front-desk', '--yes'];
  expect((await patchbay(dataDir, ring)).code).toBe(0);
  expect((await patchbay(dataDir, ['numbers', 'attach', number, 'reception', '--yes'])).code).toBe(0);
  await server.terminate();

  expect((await patchbay(dataDir, ['destinations'])).stdout).toContain('not tested');
  expect((await patchbay(dataDir, ['net', 'status'])).stdout).toContain('No number is attached');
  expect((await patchbay(dataDir, ['tunnel'])).stdout).toMatch(/^off: /);
});

for (const [status, label] of [
  ['approved', 'Approved'],
  ['in-review', 'In review'],
  ['pending', 'Pending'],
  ['draft', 'Draft'],
  ['rejected', 'Rejected'],
  ['error', 'Could not be looked at'],
  ['no-profile', 'No profile'],
] as const) {
  test(`a profile that is ${status} is told in words, with the next step and a page`, async ({ dataDir }) => {
    const { code, stdout } = await patchbay(dataDir, ['profile', '--rehearsal'], {
      env: { PATCHBAY_REHEARSAL_PROFILE: status },
    });
    expect(code).toBe(0);
    expect(stdout.toLowerCase()).toContain(label.toLowerCase());
    expect(stdout).toMatch(/^Next: \S.+\.$/m);
    expect(stdout).toMatch(/https:\/\/console\.twilio\.com\//);
  });
}

test('the rehearsal line is a server of its own, which another Patchbay reaches like Twilio', async ({
  dataDir,
}) => {
  const credentials = { TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'b'.repeat(32) };
  const server = startServe(dataDir, ['--rehearsal'], credentials);
  await server.firstLine();
  const logged = () => /"apiUrl":"([^"]+)"/.exec(server.stderr)?.[1] ?? '';
  await expect.poll(logged).not.toBe('');
  const apiUrl = logged();
  expect(new URL(apiUrl).hostname, 'for this machine alone').toBe('127.0.0.1');
  await using other = await temporaryFolder();
  const asOther = (env: Record<string, string>) =>
    patchbay(other.path, ['account'], { env: { PATCHBAY_TWILIO_API_URL: apiUrl, ...env } });
  expect(await asOther(credentials)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Full, active'),
  });
  expect((await asOther({ ...credentials, TWILIO_AUTH_TOKEN: 'c'.repeat(32) })).code).toBe(1);
  await server.terminate();
});

test('without Patchbay, without an account, without a network: clear words and an exit code', async ({
  dataDir,
}) => {
  const nothing = await patchbay(dataDir, ['doctor']);
  expect(nothing.code).toBe(1);
  expect(nothing.stdout).toContain('No Twilio account is connected');
  expect(nothing.stdout).toContain('Patchbay is not running');

  const env = {
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'a-secret-that-must-not-show',
    PATCHBAY_TWILIO_API_URL: 'http://127.0.0.1:9',
  };
  const offline = await patchbay(dataDir, ['account'], { env });
  expect(offline.code).toBe(1);
  expect(offline.stderr).toContain('Twilio can’t be reached');
  expect(offline.stdout + offline.stderr).not.toContain('a-secret-that-must-not-show');

  const unknown = await patchbay(dataDir, ['fly']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('there is no command "fly"');
});

test('the keys for carrier forwarding, without anything running', async ({ dataDir }) => {
  const carriers = await patchbay(dataDir, ['forwarding']);
  expect(carriers.stdout.trim().split('\n').length).toBeGreaterThanOrEqual(13);
  const guide = await patchbay(dataDir, ['forwarding', 'gsm', number]);
  expect(guide.code).toBe(0);
  expect(guide.stdout).toContain('#');
  const unknown = await patchbay(dataDir, ['forwarding', 'no-such-carrier', number]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('there is no carrier "no-such-carrier"');
});
