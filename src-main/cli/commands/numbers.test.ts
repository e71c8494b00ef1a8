import { describe, expect, it } from 'vitest';
import type { NumberPlan, TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import { type Flags, noFlags } from '../command.ts';
import { commandOf } from '../commands.ts';
import type { PatchbayClient } from '../reach-core.ts';

const number = '+14165550100';
const unset = {
  voiceUrl: 'https://else.example/',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
};
const change = {
  setting: 'voiceUrl',
  now: 'https://else.example/',
  patchbay: 'https://mine.example/',
} as const;
const drifted: TwilioNumber = {
  sid: 'PN1',
  number,
  name: 'Front door',
  voice: true,
  config: unset,
  attachment: { workflowId: 'reception', state: 'attached', since: 1, drift: [change], problem: null },
};
const plan: NumberPlan = { sid: 'PN1', number, changes: [change], warnings: [], token: 'shown' };

async function run(typed: string, { yes = false, json = false, isOffline = false } = {}) {
  const lines: string[] = [];
  const repaired: unknown[] = [];
  const client = {
    app: { status: async () => ({ warnings: [`Attaching ${number} is not finished.`] }) },
    numbers: {
      list: async () => {
        if (isOffline) throw new Error('Twilio can’t be reached.');
        return [drifted];
      },
      planRepair: async () => plan,
      repair: async (request: unknown) => {
        repaired.push(request);
        return drifted;
      },
    },
  };
  const flags: Flags = { ...noFlags, json, yes };
  const { command, args } = commandOf(typed.split(' '));
  const ended = command.run({
    client: client as unknown as PatchbayClient,
    isRunning: true,
    args,
    flags,
    print: (line) => lines.push(line),
    confirm: async () => yes,
    secret: async () => '',
  });
  const code = await ended.catch((thrown: unknown) => String(thrown));
  return { code, lines, repaired };
}

describe('numbers', () => {
  it('shows both values of what someone changed', async () => {
    const { code, lines } = await run('numbers');
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain(
      'voice URL is “https://else.example/”; Patchbay set “https://mine.example/”',
    );
  });

  it('says what is half done even while Twilio can’t be asked', async () => {
    expect(await run('numbers', { isOffline: true })).toMatchObject({
      code: 'Error: Twilio can’t be reached.',
      lines: [`! Attaching ${number} is not finished.`],
    });
    expect((await run('numbers', { isOffline: true, json: true })).lines).toEqual([]);
  });

  it('are repaired only once the operator has seen what that overwrites', async () => {
    const refused = await run(`numbers repair ${number}`);
    expect(refused).toMatchObject({ code: 1, repaired: [] });
    expect(refused.lines).toEqual(['voice URL: https://else.example/ → https://mine.example/']);
    const agreed = await run(`numbers repair ${number}`, { yes: true });
    expect(agreed).toMatchObject({ code: 0, repaired: [{ sid: 'PN1', token: 'shown' }] });
  });
});
