import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, expect, it, vi } from 'vitest';
import { contract } from '../src-preload/contract/api.ts';
import { connect, isUnauthorized } from './client.ts';

/** What the client is made of is asked for here; the rest goes the same way. */
const { app, calls, desk, rehearsal } = contract;
const os = implement({ app, calls, desk, rehearsal });
const router = os.router({
  app: { status: os.app.status.handler(() => Promise.reject(new Error('not asked for'))) },
  calls: {
    list: os.calls.list.handler(() => []),
    get: os.calls.get.handler(({ errors }) => Promise.reject(errors.NOT_FOUND())),
    recording: os.calls.recording.handler(({ errors }) => Promise.reject(errors.NOT_FOUND())),
    redeliver: os.calls.redeliver.handler(({ errors }) => Promise.reject(errors.NOT_FOUND())),
    live: os.calls.live.handler(async function* () {
      yield { kind: 'snapshot' as const, calls: [] };
    }),
  },
  desk: {
    export: os.desk.export.handler(() => ({ yaml: 'patchbay: 1\n' })),
    apply: os.desk.apply.handler(() => ({ warnings: [] })),
    setAway: os.desk.setAway.handler(() => ({ warnings: [] })),
  },
  rehearsal: {
    scripts: os.rehearsal.scripts.handler(() => []),
    loadPracticeDesk: os.rehearsal.loadPracticeDesk.handler(() => ({ warnings: [] })),
    place: os.rehearsal.place.handler(({ errors }) => Promise.reject(errors.NOT_REHEARSING())),
  },
});

const corePorts: MessagePort[] = [];

afterEach(() => {
  for (const port of corePorts.splice(0)) port.close();
  vi.unstubAllGlobals();
});

/** The desktop's window: asked for a port, it posts one, after a message of the same name from another frame. */
function desktopWindow(): EventTarget {
  const page = new EventTarget();
  const post = (source: unknown, port: MessagePort) =>
    page.dispatchEvent(Object.assign(new Event('message'), { source, data: 'patchbay:port', ports: [port] }));
  const requestPort = () => {
    post(null, new MessageChannel().port1);
    const { port1, port2 } = new MessageChannel();
    new RPCHandler(router).upgrade(port1);
    port1.start();
    corePorts.push(port1);
    post(page, port2);
  };
  return Object.assign(page, { patchbay: { host: 'desktop', requestPort } });
}

it('speaks over the port that the desktop hands over, streams included', async () => {
  vi.stubGlobal('window', desktopWindow());
  const client = await connect();
  expect(await client.desk.export()).toEqual({ yaml: 'patchbay: 1\n' });
  const updates = await client.calls.live();
  expect((await updates.next()).value).toEqual({ kind: 'snapshot', calls: [] });
  expect(corePorts).toHaveLength(1);
});

it('asks for another port once the one it had is closed', async () => {
  vi.stubGlobal('window', desktopWindow());
  const client = await connect();
  corePorts[0]?.close();
  await vi.waitFor(async () => {
    expect(await client.desk.export()).toEqual({ yaml: 'patchbay: 1\n' });
    expect(corePorts).toHaveLength(2);
  });
});

it('says so when the desktop hands over no port', async () => {
  vi.useFakeTimers();
  vi.stubGlobal(
    'window',
    Object.assign(new EventTarget(), { patchbay: { host: 'desktop', requestPort: () => undefined } }),
  );
  const failure = expect(connect()).rejects.toThrow('did not open a connection');
  await vi.advanceTimersByTimeAsync(10_000);
  await failure;
  vi.useRealTimers();
});

it('speaks HTTP to its own origin in a browser, and knows when it is not let in', async () => {
  const asked: string[] = [];
  vi.stubGlobal('window', { location: { origin: 'http://127.0.0.1:4748' } });
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request.url);
    return new Response('Open the link that Patchbay printed.', { status: 401 });
  });
  const client = await connect();
  const refused = await client.app.status().catch((thrown: unknown) => thrown);
  expect(isUnauthorized(refused)).toBe(true);
  expect(isUnauthorized(new Error('gone'))).toBe(false);
  expect(asked[0]).toMatch(/^http:\/\/127\.0\.0\.1:4748\/rpc\/app\/status/);
});
