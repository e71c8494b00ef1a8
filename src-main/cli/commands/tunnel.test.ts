import { describe, expect, it } from 'vitest';
import type { Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { type Flags, noFlags } from '../command.ts';
import { commandOf } from '../commands.ts';
import type { PatchbayClient } from '../reach-core.ts';

const failed: Tunnel = {
  choice: { kind: 'ngrok' },
  fixed: false,
  state: 'failed',
  publicUrl: null,
  proof: null,
  problem: { code: null, status: null, says: 'It is lost.', remedy: 'Wait.', link: 'https://ngrok.com/x' },
  nextTryAt: 1,
};
const online: Tunnel = {
  ...failed,
  state: 'online',
  publicUrl: 'https://one.ngrok.app',
  problem: null,
  nextTryAt: null,
};
const off: Tunnel = { ...online, choice: { kind: 'off' }, state: 'off', publicUrl: null };

async function run(typed: string, tunnel: Tunnel, { json = false, isRunning = true } = {}) {
  const lines: string[] = [];
  const asked: unknown[] = [];
  const answer = async (input?: unknown) => {
    asked.push(input);
    return tunnel;
  };
  const client = { tunnel: { get: answer, use: answer, setToken: answer, prove: answer, retry: answer } };
  const flags: Flags = { ...noFlags, json };
  const { command, args } = commandOf(typed.split(' '));
  const code = await command.run({
    client: client as unknown as PatchbayClient,
    isRunning,
    args,
    flags,
    print: (line) => lines.push(line),
    confirm: () => Promise.resolve(true),
    secret: () => Promise.resolve('the-token'),
  });
  return { code, lines, asked };
}

describe('patchbay tunnel', () => {
  it('says where it is, what is wrong and what mends it', async () => {
    expect(await run('tunnel', online)).toMatchObject({
      code: 0,
      lines: ['ngrok: online at https://one.ngrok.app'],
    });
    const { code, lines } = await run('tunnel', failed);
    expect(code).toBe(1);
    expect(lines.slice(0, 3)).toEqual(['ngrok: failed', '! It is lost. Wait.', '  https://ngrok.com/x']);
    expect(lines[3]).toContain('tried again at');
    expect((await run('tunnel', off)).lines).toEqual(['off: Twilio can’t reach this computer.']);
  });

  it('says what will come of it while Patchbay does not run', async () => {
    const { lines } = await run('tunnel', { ...online, state: 'off' }, { isRunning: false });
    expect(lines.at(-1)).toContain('not running');
  });

  it('has the same exit code with --json', async () => {
    const { code, lines } = await run('tunnel prove', failed, { json: true });
    expect(code).toBe(1);
    expect(JSON.parse(lines.join())).toEqual(failed);
  });

  it.each<[string, TunnelChoice]>([
    ['off', { kind: 'off' }],
    ['ngrok', { kind: 'ngrok' }],
    ['ngrok calls.ngrok.app', { kind: 'ngrok', domain: 'calls.ngrok.app' }],
    ['own https://calls.example.com', { kind: 'own', url: 'https://calls.example.com' }],
  ])('takes %s', async (typed, choice) => {
    expect((await run(`tunnel use ${typed}`, online)).asked).toEqual([choice]);
  });

  it.each(['', ' own', ' off now', ' else', ' own a b'])('refuses “tunnel use%s”', async (typed) => {
    await expect(run(`tunnel use${typed}`, online)).rejects.toThrow('off, ngrok [DOMAIN], or own URL');
  });

  it('never says the token', async () => {
    const { asked, lines } = await run('tunnel token', online);
    expect(asked).toEqual([{ token: 'the-token' }]);
    expect(lines.join()).not.toContain('the-token');
  });
});
