import { readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';
import { type Ready, startServe } from '../../fixtures/processes.ts';

const desk = `patchbay: 1
integrations:
  - id: front-desk
    name: Front desk
    staticNumber: "+14165551234"
    routerKey: 0123456789abcdef0123456789abcdef
workflows:
  - id: reception
    name: Reception
    number: "+14165550100"
    integration: front-desk
    greeting: Thanks for calling.
    prompt: You answer the phone.
    model: rehearsal:keywords
contacts:
  - number: "+14165557777"
    name: Corner Bakery
    tags: [vip]
`;

const readyOf = (line: string) => JSON.parse(line) as Ready;

test('says in one line when and where it is ready, and ends on SIGTERM', async ({ dataDir }) => {
  const server = startServe(dataDir, ['--public-url', 'https://patchbay.example.com']);
  const ready = readyOf(await server.firstLine());
  expect(Object.keys(ready)).toEqual(['event', 'webhookUrl', 'publicUrl', 'uiUrl', 'pid']);
  expect(ready).toMatchObject({
    event: 'ready',
    webhookUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    publicUrl: 'https://patchbay.example.com',
    uiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32,}$/),
    pid: server.child.pid,
  });

  // A reader that stays on the line must not keep the app from ending.
  const live = await openLiveStream(ready.uiUrl);
  const askedAt = Date.now();
  const { code, stdout, stderr } = await server.terminate();
  await live.cancel().catch(() => {});
  expect(code).toBe(0);
  expect(Date.now() - askedAt).toBeLessThan(5_000);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

test('answers health and refuses what is not signed', async ({ dataDir }) => {
  const server = startServe(dataDir);
  const { webhookUrl } = readyOf(await server.firstLine());
  const health = await fetch(`${webhookUrl}/health`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
  const call = new URLSearchParams({ CallSid: 'CA1', From: '+14165550199', To: '+14165550100' });
  const voice = await fetch(`${webhookUrl}/twilio/voice`, { method: 'POST', body: call });
  expect(voice.status).toBe(403);
  expect(await voice.text()).not.toContain('<Response');
  const transfer = await fetch(`${webhookUrl}/transfer/${'x'.repeat(32)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"number":"+14165550199"}',
  });
  expect(transfer.status).toBe(404);
  expect((await fetch(`${webhookUrl}/rpc/calls/list`, { method: 'POST' })).status).toBe(404);
  await server.terminate();
});

test('lets one Patchbay at a time work on a data folder', async ({ dataDir }) => {
  const first = startServe(dataDir);
  await first.firstLine();
  const second = await startServe(dataDir).ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('another Patchbay is at work on the data folder');
  await first.terminate();
  const third = startServe(dataDir);
  await third.firstLine();
  await third.terminate();
});

test('listens on this machine only', async ({ dataDir }) => {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  test.skip(outside.length === 0, 'this machine has no address but its own');
  const server = startServe(dataDir);
  const { webhookUrl, uiUrl } = readyOf(await server.firstLine());
  for (const { address } of outside) {
    for (const url of [webhookUrl, uiUrl]) {
      await expect(fetch(`http://${address}:${new URL(url).port}/health`)).rejects.toThrow('fetch failed');
    }
  }
  await server.terminate();
});

test('applies a desk file, routes by it, and writes it out again without loss', async ({ dataDir }) => {
  const file = join(dataDir, 'desk.yaml');
  await writeFile(file, desk);
  const server = startServe(dataDir, ['--desk', file]);
  const { webhookUrl } = readyOf(await server.firstLine());
  const answer = await fetch(`${webhookUrl}/transfer/0123456789abcdef0123456789abcdef`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"number":"+14165557777"}',
  });
  expect([answer.status, await answer.json()]).toEqual([200, { transferNumber: '+14165551234' }]);
  await server.terminate();

  const exported = await exportTo(dataDir, join(dataDir, 'first.yaml'));
  expect(exported).toContain('+14165551234');
  expect(exported).toContain('Corner Bakery');
  const again = startServe(dataDir, ['--desk', join(dataDir, 'first.yaml')]);
  await again.firstLine();
  await again.terminate();
  expect(await exportTo(dataDir, join(dataDir, 'second.yaml'))).toBe(exported);
});

test('refuses a wrong desk file with key and line, and keeps the one in force', async ({ dataDir }) => {
  const file = join(dataDir, 'desk.yaml');
  await writeFile(file, desk);
  const first = startServe(dataDir, ['--desk', file]);
  await first.firstLine();
  await first.terminate();
  const before = await exportTo(dataDir, join(dataDir, 'before.yaml'));

  await writeFile(file, desk.replace('staticNumber: "+14165551234"', 'staticNumber: "12"'));
  const { code, stdout, stderr } = await startServe(dataDir, ['--desk', file]).ended;
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('staticNumber');
  expect(stderr).toContain('line 5');
  expect(await exportTo(dataDir, join(dataDir, 'after.yaml'))).toBe(before);
});

for (const option of ['--webhook-port', '--ui-port']) {
  test(`leaves the desk in force when ${option} is taken`, async ({ dataDir }) => {
    const file = join(dataDir, 'desk.yaml');
    await writeFile(file, desk);
    const before = startServe(dataDir, ['--desk', file]);
    await before.firstLine();
    await before.terminate();
    const inForce = await exportTo(dataDir, join(dataDir, 'before.yaml'));

    const first = startServe(join(dataDir, 'first'));
    const { port } = new URL(readyOf(await first.firstLine()).webhookUrl);
    await writeFile(file, desk.replace('Front desk', 'Another desk'));
    const { code, stderr } = await startServe(dataDir, ['--desk', file, option, port]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(port);
    expect(await exportTo(dataDir, join(dataDir, 'after.yaml'))).toBe(inForce);
    await first.terminate();
  });
}

for (const [what, args, env, reason] of [
  ['an unknown option', ['--colour', 'red'], {}, '--colour'],
  ['a bad port', ['--webhook-port', '99999'], {}, '--webhook-port'],
  ['a bad port in the environment', [], { PATCHBAY_UI_PORT: 'ui' }, 'PATCHBAY_UI_PORT'],
  ['a public URL without https', ['--public-url', 'http://example.com'], {}, '--public-url'],
  ['a desk file that is not there', ['--desk', 'missing.yaml'], {}, 'missing.yaml'],
  [
    'a Twilio address in the clear',
    [],
    { PATCHBAY_TWILIO_API_URL: 'http://example.com' },
    'PATCHBAY_TWILIO_API_URL',
  ],
] as const) {
  test(`does not start with ${what}, and says why`, async ({ dataDir }) => {
    const { code, stdout, stderr } = await startServe(dataDir, args, env).ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(reason);
  });
}

test('does not start on a port that is taken, and says which', async ({ dataDir }) => {
  const first = startServe(join(dataDir, 'first'));
  const { webhookUrl } = readyOf(await first.firstLine());
  const { port } = new URL(webhookUrl);
  const { code, stderr } = await startServe(join(dataDir, 'second'), ['--webhook-port', port]).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(port);
  await first.terminate();
});

test('goes on after a failure that nothing handled, and ends in order after an exception', async ({
  dataDir,
}) => {
  const server = startServe(dataDir, [], { NODE_OPTIONS: `--import=data:text/javascript,${faults}` });
  const { webhookUrl } = readyOf(await server.firstLine());
  server.child.send('reject');
  await expect.poll(() => server.stderr).toContain('A failure that nothing handled');
  expect((await fetch(`${webhookUrl}/health`)).status).toBe(200);
  server.child.send('throw');
  const { code, stdout, stderr } = await server.ended;
  expect(code).toBe(1);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ level }) => level === 'error').map(({ facts }) => facts.problem.message)).toEqual([
    'no answer from +1416•••34',
    'broken',
  ]);
});

/** Makes the app fail on demand, in places where nothing of its own catches. */
const faults = encodeURIComponent(`process.on('message', (fault) => {
  if (fault === 'reject') Promise.reject(new Error('no answer from +14165551234'));
  if (fault === 'throw') throw new Error('broken');
});`);

/** Logs in and reads the first piece of the live calls. */
async function openLiveStream(uiUrl: string): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const login = await fetch(uiUrl, { redirect: 'manual' });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const live = await fetch(new URL('/rpc/calls/live', uiUrl), {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(live.headers.get('content-type')).toContain('text/event-stream');
  const reader = live.body?.getReader();
  if (reader === undefined) throw new Error('the live stream has no body');
  await reader.read();
  return reader;
}

async function exportTo(dataDir: string, file: string): Promise<string> {
  const { code, stderr } = await startServe(dataDir, ['--export', file]).ended;
  expect(code, stderr).toBe(0);
  return readFile(file, 'utf8');
}
