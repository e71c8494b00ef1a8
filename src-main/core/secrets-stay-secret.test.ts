import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProblem } from '../start-problem.ts';
import { messageOf } from './errors.ts';
import {
  businessNumber,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
} from './test-support/core-under-test.ts';
import { rehearseTwilio } from './test-support/rehearsed-twilio.ts';
import { ngrokError } from './tunnel/ngrok-errors.ts';

const planted = {
  wrong: '0badc0de0badc0de0badc0de0badc0de',
  first: '11111111planted1111111planted111',
  second: '22222222planted2222222planted222',
  ngrok: '2planted33333333333_4planted44444444444',
  retell: 'key_5planted5555555',
};

it('keeps every secret out of logs, errors, answers, the desk file and the database, whatever fails', async () => {
  await using twilio = await rehearseTwilio({ authToken: planted.first, numbers: [businessNumber] });
  const { account, vault, rest } = twilio;
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
  expect(vault.get('NGROK_AUTHTOKEN')).toBe(planted.ngrok);
  expect(opened).toContain(planted.wrong);
  expect(vault.get('TWILIO_AUTH_TOKEN')).toBe(planted.second);
  expect(vault.get('RETELL_API_KEY')).toBe(planted.retell);
  expect(said.length).toBeGreaterThan(30);
  await core.stop();
  const files = readdirSync(under.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(files.length).toBeGreaterThan(0);
  const told = [...files, ...under.logLines, ...said.map((item) => JSON.stringify(item) ?? '')].join('\n');
  for (const [name, secret] of Object.entries(planted)) {
    expect(told.includes(secret), `the ${name} secret is told`).toBe(false);
  }
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
