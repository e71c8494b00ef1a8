import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

/** Without the form of a key or a number, by which it would be masked wherever it stands. */
const planted = 'planted-qwertyuiopasdfghjklzxc';
const basic = Buffer.from(`AC1:${planted}`).toString('base64');

/** What an HTTP library hangs on its errors. */
const failure = `Object.assign(new Error('Request failed: ?token=${planted}'), {
  config: {
    url: 'https://AC1:${planted}@api.example/?AuthToken=${planted}',
    headers: { Authorization: 'Basic ${basic}', 'X-Twilio-Signature': '${planted}' },
    auth: { username: 'AC1', password: '${planted}' },
    data: JSON.stringify({ authToken: '${planted}' }),
  },
  request: { _header: 'GET / HTTP/1.1\\r\\nAuthorization: Basic ${basic}\\r\\n' },
  cause: new Error('Authorization: Basic ${basic}'),
})`;

/** A process with the safety net in which `code` runs, and what is left of it. */
async function ended(code: string): Promise<{ exitCode: number | null; output: string }> {
  const net = `
    import { createLogger } from ${JSON.stringify(new URL('./core/logging/logger.ts', import.meta.url))};
    import { installSafetyNet } from ${JSON.stringify(new URL('./safety-net.ts', import.meta.url))};
    installSafetyNet(createLogger(), () => process.exit());
    const failure = ${failure};
    setTimeout(() => process.exit(0), 20_000);
    ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', net], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, output: stdout + stderr };
}

it('ends after an exception that nothing caught, and says so without its secrets', async () => {
  const { exitCode, output } = await ended('setImmediate(() => { throw failure; });');
  expect(exitCode).toBe(1);
  expect(output).toContain('An exception that nothing caught');
  expect(output).toContain('Request failed');
  expect(output).not.toContain(planted);
  expect(output).not.toContain(basic);
});

it('goes on after a rejection that nothing handled, and says so without its secrets', async () => {
  const { exitCode, output } = await ended(
    'Promise.reject(failure); setImmediate(() => setImmediate(() => process.exit(7)));',
  );
  expect(exitCode).toBe(7);
  expect(output).toContain('A failure that nothing handled');
  expect(output).not.toContain(planted);
  expect(output).not.toContain(basic);
});
