import { createRouterClient } from '@orpc/server';
import { expect, it } from 'vitest';
import { createApi } from '../../api/create-api.ts';
import type { Core } from '../../core/core.ts';
import { deskYaml, startCore, staticNumber, TestCall } from '../../core/test-support/core-under-test.ts';
import { noFlags, UsageError } from '../command.ts';
import type { RouteFlags } from '../route-question.ts';
import { route } from './route.ts';

const [ann, bob] = ['+14165550001', '+14165550002'] as const;

const desk = deskYaml({
  integration: `,
      noAnswer: [next, message],
      dynamic: { rules: [
        { name: Montreal, when: { callerRegion: CA-QC }, to: "${ann}" },
        { name: Reception, when: { workflow: reception, called: "+14165550100" }, to: team },
        { name: Toronto, when: { callerPrefix: "+1416" }, to: "${bob}" } ] }`,
  more: `groups:
  - { id: team, strategy: round-robin, numbers: ["${ann}", "${bob}"] }`,
});

/** Types "patchbay route" on this core. */
async function type(core: Core, flags: RouteFlags & { call?: string; json?: boolean }): Promise<string> {
  const printed: string[] = [];
  const { integration = 'desk', json = false, ...rest } = flags;
  const code = await route.run({
    client: createRouterClient(
      createApi({
        core,
        connectAccount: () => Promise.reject(new Error('not asked for')),
        forwarding: { carriers: () => [], guide: () => undefined },
        rehearsal: null,
        host: 'headless',
        version: '1.2.3',
        hasTwilioAccount: () => false,
      }),
    ),
    isRunning: false,
    args: [],
    flags: { ...noFlags, json, yes: false, integration, lineType: false, seconds: undefined, route: rest },
    print: (line) => printed.push(line),
    confirm: async () => false,
    secret: async () => '',
  });
  expect(code).toBe(0);
  return printed.join('\n');
}

it('prints for a made-up caller what each rule says, who is rung, and how long it takes', async () => {
  await using under = await startCore(desk);
  const said = await type(under.core, {
    number: '+14165557777',
    at: '2026-12-24T10:00',
    called: '+14165550100',
    workflow: 'reception',
  });
  expect(said).toContain('+14165557777, from CA, CA-ON, a new contact, to desk at ');
  expect(said).toContain(`– 1. Montreal (${ann}): no: the number is from CA-ON, not CA-QC`);
  expect(said).toContain(
    '→ 2. Reception (team): matches: the number called is +14165550100; the workflow is reception',
  );
  expect(said).toContain(`3. Toronto (${bob}): not looked at: the rule "Reception" above it matched`);
  expect(said).toContain(`→ ${ann} is rung first, for 20 s`);
  expect(said).toContain(`Rings ${ann}, then ${bob}, then ${staticNumber}.`);
  expect(said).toContain('is clear after 60 s at the latest.');
  const json = JSON.parse(await type(under.core, { number: '+14165557777', json: true })) as unknown;
  expect(json, 'a turn was not taken').toMatchObject({ via: 'rule', destinations: [bob, staticNumber] });
  expect(await type(under.core, { called: '+14165550100', workflow: 'reception' })).toContain(
    `Rings ${ann}, then`,
  );
});

it('explains the decision about a call, also after the desk was edited', async () => {
  await using under = await startCore(desk);
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();
  call.say('I want to speak with a person.');
  await call.until(({ type: kind }) => kind === 'end');
  await call.sessionEnded();
  expect(call.view().decision).toMatchObject({
    rule: 'Reception',
    group: 'team',
    destinations: [ann, bob, staticNumber],
  });

  const same = await type(under.core, { call: 'CA1' });
  expect(same).toContain(`Decided then: ${ann}, then ${bob}, then ${staticNumber}.`);
  expect(same).toContain('The desk in force decides the same:');
  expect(same).toContain(`→ ${ann} is rung first`);

  under.core.applyDesk(desk.replace(`to: team`, `to: "${bob}"`));
  const edited = await type(under.core, { call: 'CA1' });
  expect(edited).toContain('The desk in force decides otherwise:');
  expect(edited).toContain(`Rings ${bob}, then ${staticNumber}.`);
});

it('says what there is instead of what was mistyped', async () => {
  await using under = await startCore(desk);
  const mistyped = type(under.core, { integration: 'front' });
  await expect(mistyped).rejects.toThrow(UsageError);
  await expect(mistyped).rejects.toThrow('there is no integration "front"; the desk has desk');
  await expect(type(under.core, { call: 'CA-none' })).rejects.toThrow('nothing was decided about this call');
});
