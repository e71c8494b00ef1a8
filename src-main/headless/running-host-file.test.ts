import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  forgetRunningHost,
  noteRunningHost,
  type RunningHostNote,
  runningHostIn,
} from './running-host-file.ts';

let dataDir: string;
let listener: Server;
let note: RunningHostNote;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'patchbay-running-'));
  listener = createServer((socket) => socket.on('error', () => {}));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  note = { pid: process.pid, origin: `http://127.0.0.1:${address.port}`, token: 'one' };
});

afterEach(() => {
  listener.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('tells where the host at work is, to its owner alone', async () => {
  expect(await runningHostIn(dataDir)).toBeUndefined();
  noteRunningHost(dataDir, note);
  expect(await runningHostIn(dataDir)).toEqual(note);
  if (process.platform !== 'win32') {
    expect(statSync(join(dataDir, 'running.json')).mode & 0o777).toBe(0o600);
  }
  forgetRunningHost(dataDir, 'one');
  expect(await runningHostIn(dataDir)).toBeUndefined();
});

it('tells of none when it was killed, even if another process has its number now', async () => {
  // Above what any system gives a process.
  noteRunningHost(dataDir, { ...note, pid: 2 ** 30 });
  expect(await runningHostIn(dataDir)).toBeUndefined();
  noteRunningHost(dataDir, note);
  await new Promise((resolve) => listener.close(resolve));
  expect(await runningHostIn(dataDir)).toBeUndefined();
});

it('keeps the note of a host that started later', async () => {
  noteRunningHost(dataDir, note);
  noteRunningHost(dataDir, { ...note, token: 'two' });
  forgetRunningHost(dataDir, 'one');
  expect(await runningHostIn(dataDir)).toMatchObject({ token: 'two' });
});

it.each(['', 'no JSON', '{}', '[]', '{"pid":1}'])('takes a note that says “%s” for none', async (text) => {
  writeFileSync(join(dataDir, 'running.json'), text);
  expect(await runningHostIn(dataDir)).toBeUndefined();
  forgetRunningHost(dataDir, 'one');
});
