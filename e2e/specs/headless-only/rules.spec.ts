import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { patchbay } from '../../fixtures/command-line.ts';
import { test } from '../../fixtures/hosts.ts';
import { type Ready, startServe } from '../../fixtures/processes.ts';

const [ann, bob, night, staticNumber] = ['+14165550001', '+14165550002', '+14165550003', '+14165551234'];
const routerKey = 'rules-key-0123456789-0123456789-01';

const desk = `patchbay: 1
integrations:
  - id: front-desk
    name: Front desk
    staticNumber: "${staticNumber}"
    routerKey: ${routerKey}
    noAnswer: [next, message]
    dynamic:
      rules:
        - { name: Billing, when: { field: { department: billing } }, to: accounts }
        - { name: Toronto, when: { callerPrefix: "+1416", schedule: office, open: true }, to: "${ann}" }
        - { name: Ontario, when: { callerRegion: CA-ON }, to: "${night}" }
        - { name: Never, when: { callerPrefix: "+14165" , callerRegion: [CA-ON] }, to: "${night}" }
groups:
  - { id: accounts, strategy: round-robin, numbers: ["${ann}", { number: "${bob}", away: true }] }
schedules:
  - { id: office, timezone: America/Toronto, open: { thu: ["09:00-17:00"] }, holidays: { country: CA, state: "ON" } }
`;

test('rules are explained, looked over for a week and tried on the past, from the command line', async ({
  dataDir,
}) => {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dataDir, name), text);
    return join(dataDir, name);
  };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await patchbay(dataDir, args);
    return { code, said: stdout + stderr };
  };
  const deskFile = await file('desk.yaml', desk);
  const server = startServe(dataDir, ['--desk', deskFile]);
  const { webhookUrl } = JSON.parse(await server.firstLine()) as Ready;

  await test.step('route says of each rule whether it matched and why', async () => {
    const asked = ['--integration', 'front-desk', '--number', '+14165557777', '--at'];
    const open = await run('route', ...asked, '2026-12-24T10:00-05:00');
    expect(open, open.said).toMatchObject({ code: 0 });
    expect(open.said).toContain('1. Billing (accounts): no: department was not said');
    expect(open.said).toContain(`→ 2. Toronto (${ann}): matches: the number starts with +1416`);
    expect(open.said).toContain('office is open until 17:00');
    expect(open.said).toContain(`Rings ${ann}, then ${staticNumber}.`);
    expect(open.said).toContain('4. Never');
    expect(open.said).toContain('! can never match: the rule "Ontario" above it takes all its calls');

    const closed = await run('route', ...asked, '2026-12-25T10:00-05:00');
    expect(closed.said).toContain('(Christmas Day)');
    expect(closed.said).toContain(`→ 3. Ontario (${night}): matches`);

    const billing = await run('route', ...asked, '2026-12-24T10:00', '--field', 'department=Billing');
    expect(billing.said).toContain(`– ${bob} is away`);
    const json = await run('route', ...asked, '2026-12-24T10:00-05:00', '--json');
    expect(JSON.parse(json.said)).toMatchObject({
      destinations: [ann, staticNumber],
      regions: ['CA', 'CA-ON'],
    });
  });

  await test.step('what was mistyped ends with 2 and with what to type', async () => {
    for (const [args, says] of [
      [['route'], '--integration'],
      [['route', '--integration', 'nobody'], 'the desk has front-desk'],
      [['route', '--integration', 'front-desk', '--number', '416'], 'country code'],
      [['route', '--integration', 'front-desk', '--at', 'tomorrow'], '2026-12-24T10:00'],
      [['route', '--call', 'no-such-call'], 'nothing was decided'],
      [['coverage'], '--integration'],
      [['coverage', '--integration', 'nobody'], 'the desk has front-desk'],
      [['time-machine'], 'DESK_FILE'],
      [['time-machine', 'no-such-file.yaml'], 'can’t be read'],
    ] as const) {
      expect(await run(...args), args.join(' ')).toEqual({ code: 2, said: expect.stringContaining(says) });
    }
  });

  await test.step('coverage tells the spans of the week to come', async () => {
    const { code, said } = await run('coverage', '--integration', 'front-desk');
    expect(code, said).toBe(0);
    expect(said).toContain(`covered: ${ann}, ${night}, ${staticNumber}`);
    const { from, until, spans } = JSON.parse(
      (await run('coverage', '--integration', 'front-desk', '--json')).said,
    );
    expect(until - from).toBe(7 * 24 * 60 * 60_000);
    expect(spans.at(0).from).toBe(from);
    expect(spans.at(-1).until).toBe(until);
  });

  await test.step('the time machine tells what an edited desk changes, and changes nothing', async () => {
    for (const [path, body] of [
      ['', { number: '+12045557777' }],
      ['', { number: '+15195557777' }],
      ['/vapi', { message: { type: 'transfer-destination-request', customer: { number: '+12045557777' } } }],
    ] as const) {
      const response = await fetch(`${webhookUrl}/transfer/${routerKey}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
    }
    const same = await run('time-machine', deskFile);
    expect(same, same.said).toEqual({ code: 0, said: '3 decisions: 0 would change, 3 would not.\n' });

    const edited = await file('edited.yaml', desk.replace('callerRegion: CA-ON }', 'callerRegion: CA-MB }'));
    const { code, said } = await run('time-machine', edited, '--last', '50');
    expect(code, said).toBe(0);
    expect(said).toContain('3 decisions: 3 would change, 0 would not.');
    expect(said).toContain(`was ${night}: `);
    expect(said).toContain(`would be ${staticNumber}: No rule matched.`);
    expect(said).toContain(`would be ${night}: The rule "Ontario" matched: the number is from CA-MB.`);

    const log = await file('log.jsonl', (await run('time-machine', 'export')).said);
    expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(3);
    expect((await run('time-machine', edited, '--log', log)).said).toBe(said);

    const broken = await run('time-machine', await file('broken.yaml', `${desk}nonsense: 1\n`));
    expect(broken, broken.said).toMatchObject({ code: 1, said: expect.stringContaining('nonsense') });
    const noLog = await run('time-machine', edited, '--log', deskFile);
    expect(noLog).toMatchObject({ code: 1, said: expect.stringContaining('line 1 of the log') });
    expect((await run('time-machine', deskFile)).said, 'the desk in force').toBe(same.said);
  });

  expect((await server.terminate()).code).toBe(0);
});
