import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApi } from '../api/create-api.ts';
import { createRpcAnswerer } from '../headless/rpc.ts';
import { startProblem } from '../start-problem.ts';
import { messageOf } from './errors.ts';
import { createLogger } from './logging/logger.ts';
import { createModelRegistry } from './receptionist/model-registry.ts';
import {
  businessNumber,
  type CoreUnderTest,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
  TestCall,
  vaultWith,
} from './test-support/core-under-test.ts';
import { rehearseTwilio } from './test-support/rehearsed-twilio.ts';
import { ngrokError } from './tunnel/ngrok-errors.ts';

/** Without the form by which a log line would mask them: nothing may have put them there in the first place. */
const planted = {
  wrong: 'planted-wrong-qwertyuiopasdfghjk',
  first: 'planted-first-zxcvbnmlkjhgfdsaqw',
  second: 'planted-second-poiuytrewqlkjhgf',
  sub: 'planted-sub-mnbvcxzasdfghjklqwer',
  model: 'planted-model-yuiophjklnmqwertas',
  ngrok: '2planted-ngrok-asdfqwerzxcv_tyuighjkbnm',
  retell: 'key_planted-retell-lkjhgfdsapoiu',
};

/** The database with its write-ahead log, its copies, and whatever else lies in the data folder. */
function filesOf({ dataDir }: CoreUnderTest): string[] {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(files.length).toBeGreaterThan(0);
  return files;
}

function expectNoneIn(told: readonly string[]): void {
  const text = told.join('\n');
  for (const [name, secret] of Object.entries(planted)) {
    // Of "SID:token" all that does not depend on the SID.
    const basic = Buffer.from(`AC${'0'.repeat(32)}:${secret}`)
      .toString('base64')
      .slice(48, -4);
    expect(text.includes(secret), `the ${name} secret is told`).toBe(false);
    expect(text.includes(basic), `the ${name} secret is told in an Authorization header`).toBe(false);
  }
}

/** A server of the test's own on loopback. */
async function serve(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('keeps every secret out of logs, errors, answers, the desk file and the database, whatever fails', async () => {
  await using twilio = await rehearseTwilio({
    authToken: planted.first,
    numbers: [businessNumber],
    subaccounts: [{ authToken: planted.sub }],
  });
  const { account, vault, rest } = twilio;
  const [sub] = account.subaccounts;
  const said: unknown[] = [];
  /** What an operator is told, and what a crash report would hold, of work that may fail. */
  const attempt = async (work: () => unknown) => {
    try {
      said.push(await work());
    } catch (thrown) {
      said.push(messageOf(thrown), startProblem(thrown), thrown instanceof Error ? thrown.stack : thrown);
      said.push(JSON.stringify(thrown), thrown instanceof Error ? thrown.cause : undefined);
    }
  };
  // ngrok repeats the token that it refuses.
  const opened: string[] = [];
  const open = ({ authToken }: { authToken: string }) => {
    opened.push(authToken);
    return Promise.reject(ngrokError(`Your authtoken: ${authToken}\nERR_NGROK_107`, [authToken]));
  };
  await using under = await startCore(deskYaml(), {
    tunnel: null,
    ports: { twilio: rest, vault, tunnels: { needsToken: true, open } },
  });
  const { core } = under;

  await attempt(() => core.account.connect({ accountSid: account.sid, authToken: planted.wrong }));
  await attempt(() => core.account.connect({ accountSid: planted.first, authToken: account.sid }));
  await attempt(() => core.account.connect({ accountSid: account.sid, authToken: planted.first }));
  account.fail({ path: /Accounts/ }, { status: 500, times: 1, message: 'no' });
  await attempt(() => core.account.check());
  account.rotateToken(planted.second);
  await attempt(() => core.account.check());
  await attempt(() => core.account.connect({ accountSid: account.sid, authToken: planted.second }));
  await attempt(() => core.account.subaccounts());
  await attempt(() => core.account.useSubaccount(planted.second));
  await attempt(() => core.account.useSubaccount(sub?.sid ?? ''));
  const wasThere = vault.get('TWILIO_AUTH_TOKEN');
  await attempt(() => core.account.connect({ accountSid: account.sid, authToken: planted.second }));

  for (const token of [planted.wrong, planted.ngrok]) {
    await attempt(() => core.tunnel.setToken(token));
    await attempt(() => core.tunnel.use({ kind: 'ngrok' }));
  }
  await attempt(() => core.setRetellKey(planted.retell));
  await attempt(() => askAsRetell(under.webhookUrl));
  await attempt(() => core.numbers.planAttach(account.number(businessNumber).sid, 'reception'));
  await attempt(() => core.destinations.check({ number: staticNumber, lineType: true }));
  account.fail({ path: /Calls/ }, { hangUp: true, times: 3 });
  await attempt(() => core.destinations.ring({ number: staticNumber }, (says) => said.push(says)));
  await attempt(() => core.net.publish((says) => said.push(says)));
  await attempt(() => core.net.status());
  await attempt(() => core.profile.check());
  await attempt(() => core.alerts.list({ limit: 50 }));
  await attempt(() => core.examine());
  said.push(core.status(), core.tunnel.current(), core.account.current(), core.exportDesk());

  // It was all there to be told.
  expect(wasThere).toBe(planted.sub);
  expect(vault.get('NGROK_AUTHTOKEN')).toBe(planted.ngrok);
  expect(opened).toContain(planted.wrong);
  expect(vault.get('TWILIO_AUTH_TOKEN')).toBe(planted.second);
  expect(vault.get('RETELL_API_KEY')).toBe(planted.retell);
  expect(said.length).toBeGreaterThan(30);
  const whileRunning = filesOf(under);
  await core.stop();
  const answers = said.map((item) => JSON.stringify(item) ?? '');
  expectNoneIn([...whileRunning, ...filesOf(under), ...under.logLines, ...answers]);
});

it('keeps them out of what the API answers, whatever it was sent', async () => {
  await using twilio = await rehearseTwilio({ authToken: planted.first });
  const { account, vault, rest } = twilio;
  await using under = await startCore(null, { ports: { twilio: rest, vault } });
  const logger = createLogger({ destination: { write: (line) => under.logLines.push(line) } });
  const api = createApi({
    core: under.core,
    connectAccount: async (credentials) => {
      if (credentials.authToken !== planted.second) return under.core.account.connect(credentials);
      throw Object.assign(new Error('a fault of ours'), { config: credentials, cause: credentials });
    },
    forwarding: { carriers: () => [], guide: () => undefined },
    rehearsal: null,
    host: 'headless',
    version: '1.2.3',
    hasTwilioAccount: () => true,
  });
  const answer = createRpcAnswerer(api, logger);
  await using server = await serve((request, response) => void answer(request, response));
  const ask = async (path: string, body: string) => {
    const response = await fetch(`${server.url}/rpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const connect = (authToken: unknown) =>
    ask('account/connect', JSON.stringify({ json: { accountSid: account.sid, authToken } }));

  const answers = [
    await connect(planted.first),
    await connect(planted.wrong),
    await connect(planted.wrong.repeat(10)),
    await connect({ token: planted.wrong }),
    await ask('account/connect', `{"json":{"authToken":"${planted.wrong}"`),
    await ask('tunnel/setToken', JSON.stringify({ json: { token: [planted.ngrok] } })),
    await ask(`account/${planted.wrong}`, '{}'),
    await connect(planted.second),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 502, 400, 400, 400, 400, 404, 500]);
  expectNoneIn([...answers.map(({ text }) => text), ...under.logLines, ...filesOf(under)]);
});

it('keeps a model’s key out of a call, though the model’s server repeats it', async () => {
  const keys: (string | undefined)[] = [];
  await using server = await serve((request, response) => {
    const key = request.headers.authorization;
    keys.push(key);
    response.writeHead(401, { 'content-type': 'application/json', 'x-key': key });
    response.end(JSON.stringify({ error: { message: `Incorrect key: ${key}`, code: key } }));
  });
  const models = createModelRegistry({
    vault: vaultWith({ PATCHBAY_LLM_KEY: planted.model }),
    llmUrl: `${server.url}/v1`,
  });
  await using under = await startCore(deskYaml({ model: 'openai-compatible:llama' }), { ports: { models } });
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();
  call.say('My boiler leaks.');
  await call.until(({ type }) => type === 'end');
  expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
  expect(keys).toContain(`Bearer ${planted.model}`);
  const detail = JSON.stringify(under.core.getCall('CA1'));
  expect(detail).toContain('refused the key');
  expectNoneIn([detail, call.twiml, ...under.logLines, ...filesOf(under)]);
});

/** Asks for a destination as Retell would, wrongly signed. */
async function askAsRetell(webhookUrl: string): Promise<string> {
  const response = await fetch(`${webhookUrl}/transfer/${routerKey}/retell`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-retell-signature': `v=${Date.now()},d=${'0'.repeat(64)}`,
    },
    body: '{"event":"call_inbound","call_inbound":{}}',
  });
  expect(response.status).toBe(401);
  return response.text();
}
