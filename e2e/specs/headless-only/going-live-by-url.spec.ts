import { join } from 'node:path';
import { expect } from '@playwright/test';
import {
  type RehearsedTwilio,
  rehearseTwilio,
} from '../../../src-main/core/test-support/rehearsed-twilio.ts';
import { PlacedCall } from '../../../src-main/rehearsal/placed-call.ts';
import type { CallScript } from '../../../src-main/rehearsal/rest/call-scripts.ts';
import { lineFor } from '../../../src-main/rehearsal/rest/calls-line.ts';
import { ScriptTime } from '../../../src-main/rehearsal/script-time.ts';
import type { TestCallOutcome } from '../../../src-preload/contract/destination-test.ts';
import { type ProfileStatus, profileStatuses } from '../../../src-preload/contract/profile.ts';
import { patchbay } from '../../fixtures/command-line.ts';
import { test as base } from '../../fixtures/hosts.ts';
import { type AppProcess, type Ready, root, startServe } from '../../fixtures/processes.ts';

const practiceDesk = join(root, 'resources/rehearsal/practice-desk.yaml');
const number = '+14165550100';
const staticNumber = '+14165551234';

/** As the number was before Patchbay came. */
const before = {
  phoneNumber: number,
  voiceUrl: 'https://old.example/voice',
  voiceFallbackUrl: 'https://old.example/fallback',
  statusCallback: '',
};

const labels: Record<ProfileStatus, string> = {
  approved: 'Approved',
  'in-review': 'In review',
  pending: 'Pending',
  draft: 'Draft',
  rejected: 'Rejected',
  error: 'Could not be looked at',
  'no-profile': 'No profile',
};

const rings: [CallScript, TestCallOutcome][] = [
  [{ kind: 'voicemail', afterSeconds: 15 }, 'voicemail'],
  [{ kind: 'person', afterSeconds: 2, presses: null }, 'unconfirmed'],
  [{ kind: 'no-answer' }, 'nobody'],
  [{ kind: 'failed', code: 13224 }, 'failed'],
  [{ kind: 'person', afterSeconds: 2, presses: '1' }, 'person'],
];

const time = new ScriptTime(20);

/** A fixture, so that what the check found is told beside what failed because of it. */
const test = base.extend<{ twilio: RehearsedTwilio }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  twilio: async ({}, use) => {
    await using twilio = await rehearseTwilio({ numbers: [before] }, { time });
    await use(twilio);
  },
});

/**
 * Patchbay as operators run it, in a process of its own, with nothing rehearsed in it: what stands in Twilio's place is
 * one more server, named by PATCHBAY_TWILIO_API_URL. Every request to it and every answer is held against Twilio's
 * OpenAPI files, where they are.
 */
test('the whole way to going live, at an address in Twilio’s place', async ({ dataDir, twilio }) => {
  test.setTimeout(180_000);
  const { account, apiUrl } = twilio;
  const run = async (args: string, input?: string) => {
    const { code, stdout, stderr } = await patchbay(dataDir, args.split(' '), {
      env: { PATCHBAY_TWILIO_API_URL: apiUrl },
      ...(input !== undefined && { input }),
    });
    return { code, said: stdout + stderr };
  };
  let webhookUrl = '';
  const serve = async (args: string[] = []): Promise<AppProcess> => {
    const server = startServe(dataDir, args, {
      PATCHBAY_TWILIO_API_URL: apiUrl,
      ...(webhookUrl !== '' && { PATCHBAY_WEBHOOK_PORT: new URL(webhookUrl).port }),
    });
    ({ webhookUrl } = JSON.parse(await server.firstLine()) as Ready);
    account.line = lineFor(account, { time, webhookUrl });
    return server;
  };
  const call = async (...words: string[]) =>
    await new PlacedCall(
      {
        from: '+14165559999',
        to: number,
        steps: words.map((said) => ({ do: 'say', words: said })),
        destinations: {
          [staticNumber]: [{ outcome: 'answers', afterSeconds: 3, talkSeconds: 5, presses: '1' }],
        },
        faults: { webhooksTwice: false, callbacksShuffled: false, forgedSignature: false },
      },
      account.line,
    ).ended;

  const first = await serve(['--desk', practiceDesk]);

  await test.step('the account is connected', async () => {
    const connect = (sid: string, token: string) => run(`account connect ${sid}`, `${token}\n`);
    const refusals = [
      await connect(account.sid, 'f'.repeat(32)),
      await connect(account.testCredentials.sid, account.testCredentials.authToken),
    ];
    expect(refusals.map(({ code }) => code)).toEqual([1, 1]);
    expect(new Set(refusals.map(({ said }) => said)).size, 'each in its own words').toBe(2);
    const connected = await connect(account.sid, account.authToken);
    expect(connected, connected.said).toMatchObject({ code: 0 });
    expect(connected.said).toContain('Full, active');
  });

  await test.step('the profile is told in each of its statuses', async () => {
    for (const status of [...profileStatuses].toReversed()) {
      account.setProfile(status);
      expect((await run('profile')).said.toLowerCase(), status).toContain(labels[status].toLowerCase());
    }
  });

  await test.step('the public address is proven', async () => {
    await run(`tunnel use own ${webhookUrl}`);
    expect((await run('tunnel prove')).said).toContain('own: online');
  });

  await test.step('the destination is looked up', async () => {
    account.blockedCountries.add('CA');
    const blocked = await run(`destinations check ${staticNumber} --line-type --json`);
    account.blockedCountries.delete('CA');
    const open = await run(`destinations check ${staticNumber} --line-type --json`);
    const verdicts = ({ said }: { said: string }) =>
      Object.fromEntries(
        (JSON.parse(said) as { checks: { id: string; verdict: string }[] }).checks.map(({ id, verdict }) => [
          id,
          verdict,
        ]),
      );
    expect(verdicts(blocked)).toMatchObject({ country: 'broken' });
    expect(verdicts(open)).toMatchObject({
      format: 'ok',
      lookup: 'ok',
      'line-type': 'ok',
      country: 'ok',
      trial: 'ok',
    });
  });

  await test.step('the destination is rung, whatever happens there', async () => {
    for (const [script, outcome] of rings) {
      account.callScripts.set(staticNumber, script);
      const { code, said } = await run(
        `destinations ring ${staticNumber} --integration front-desk --yes --json`,
      );
      expect(said, said).toContain(`"outcome": "${outcome}"`);
      expect(code).toBe(outcome === 'person' ? 0 : 1);
    }
    expect(account.calls.placed).toHaveLength(rings.length);
  });

  await test.step('the number is attached, with a net under it', async () => {
    const attached = await run(`numbers attach ${number} reception --yes`);
    expect(attached.said).toContain(`${number} is attached to reception.`);
    expect(account.number(number).voiceUrl).toContain(`${webhookUrl}/twilio/voice`);
    expect(account.number(number).voiceFallbackUrl).toMatch(/^https:\/\/[a-z0-9-]+\.twil\.io\//);
    const net = await run('net status');
    expect(net, net.said).toMatchObject({ code: 0, said: expect.stringContaining(staticNumber) });
    const doctor = await run('doctor');
    expect(doctor, doctor.said).toMatchObject({ code: 0 });
  });

  await test.step('a call reaches the phone, and a text the caller', async () => {
    const record = await call(
      'Could you text me your address?',
      'Thank you. Now I would like to speak with a person.',
    );
    expect(record).toMatchObject({ error: undefined, problems: [], undone: [], webhookStatus: 200 });
    expect(record.rung).toMatchObject([{ number: staticNumber, status: 'completed' }]);
    expect(account.texts).toMatchObject([
      { from: number, to: '+14165559999', body: expect.stringContaining('12 Example Street') },
    ]);
  });

  await test.step('this machine vanishes: the net rings the phone', async () => {
    first.child.kill('SIGKILL');
    await first.ended;
    const record = await call();
    expect(record.error).toBeUndefined();
    expect(record.problems[0]).toContain('11205: Patchbay did not answer /twilio/voice');
    expect(record.rung).toMatchObject([{ number: staticNumber, status: 'completed' }]);
  });

  await test.step('it is back: calls come here again, and the number is given back as it was', async () => {
    const second = await serve();
    expect((await call('I would like to speak with a person.')).problems).toEqual([]);
    const detached = await run(`numbers detach ${number} --yes`);
    expect(detached, detached.said).toMatchObject({ code: 0 });
    expect(account.number(number)).toMatchObject(before);
    const { code, stderr } = await second.terminate();
    expect(code).toBe(0);
    expect(stderr).not.toContain(account.authToken);
  });
});
