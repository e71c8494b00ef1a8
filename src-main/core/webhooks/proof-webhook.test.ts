import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRehearsalTunnels } from '../../rehearsal/rehearsal-tunnels.ts';
import type { Core } from '../core.ts';
import { createCore } from '../create-core.ts';
import { rememberingLogger } from '../database/testing.ts';
import { systemClock } from '../ports.ts';
import { createModelRegistry } from '../receptionist/model-registry.ts';
import { vaultWith } from '../test-support/core-under-test.ts';
import { noTwilio } from '../test-support/no-outside.ts';

let core: Core;
let webhookUrl: string;
let dataDir: string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'patchbay-proof-'));
  const vault = vaultWith({});
  core = createCore(
    { dataDir, webhookPort: 0, tunnel: null, twilioIsHere: true },
    {
      clock: systemClock,
      logger: rememberingLogger(),
      vault,
      notifier: { notify: () => {} },
      models: createModelRegistry({ vault }),
      outbound: { postJson: () => Promise.reject(new Error('not in this test')) },
      texts: { send: () => Promise.reject(new Error('not in this test')) },
      twilio: noTwilio,
      tunnels: createRehearsalTunnels(),
    },
  );
  ({ webhookUrl } = await core.start());
});

afterEach(async () => {
  await core.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

it('the webhook listener proves that a tunnel leads to it, over HTTP and a WebSocket', async () => {
  expect(core.tunnel.current()).toMatchObject({ state: 'off', publicUrl: null });
  const tunnel = await core.tunnel.use({ kind: 'ngrok' });
  expect(tunnel).toMatchObject({
    state: 'online',
    publicUrl: webhookUrl,
    proof: { http: true, webSocket: true },
  });
  expect(core.tunnel.provenOrigin()).toBe(webhookUrl);
  expect(core.status()).toMatchObject({ publicUrl: webhookUrl });
});

it('proves an address of the operator’s own too', async () => {
  expect(await core.tunnel.use({ kind: 'own', url: webhookUrl })).toMatchObject({ state: 'online' });
});

it('a nonce that is not pending is nothing', async () => {
  const path = `/proof/${'A'.repeat(43)}`;
  for (const unknown of [path, '/proof/short', '/proof/', '/proof']) {
    expect((await fetch(webhookUrl + unknown)).status).toBe(404);
  }
  const socket = new WebSocket(webhookUrl.replace('http', 'ws') + path);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(404);
  socket.terminate();
});
