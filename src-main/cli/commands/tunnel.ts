import type { Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { argsOf, type Command, type CommandCall, UsageError } from '../command.ts';

function show({ print, flags, isRunning }: CommandCall, tunnel: Tunnel): number {
  if (flags.json) {
    print(JSON.stringify(tunnel, null, 2));
    return 0;
  }
  print(
    `${tunnel.choice.kind}: ${tunnel.state}${tunnel.publicUrl === null ? '' : ` at ${tunnel.publicUrl}`}`,
  );
  if (tunnel.proof?.says) print(`! ${tunnel.proof.says}`);
  if (tunnel.problem !== null) print(`! ${tunnel.problem.says} ${tunnel.problem.remedy}`);
  if (!isRunning) print('Patchbay is not running: the tunnel opens when it starts.');
  return tunnel.state === 'failed' ? 1 : 0;
}

const get: Command = {
  words: 'tunnel',
  about: 'how Twilio reaches this computer',
  run: async (call) => show(call, await call.client.tunnel.get()),
};

const use: Command = {
  words: 'tunnel use',
  takes: 'off, ngrok [DOMAIN], or own URL',
  about: 'chooses how Twilio reaches this computer',
  async run(call) {
    const [kind = '', value] = argsOf(use, call.args, 1, 2);
    return show(call, await call.client.tunnel.use(choiceOf(kind, value)));
  },
};

function choiceOf(kind: string, value: string | undefined): TunnelChoice {
  if (kind === 'off' && value === undefined) return { kind };
  if (kind === 'ngrok') return { kind, ...(value === undefined ? {} : { domain: value }) };
  if (kind === 'own' && value !== undefined) return { kind, url: value };
  throw new UsageError(`patchbay tunnel use takes ${use.takes}`);
}

const token: Command = {
  words: 'tunnel token',
  about: 'keeps ngrok’s authtoken, which is asked for or read from stdin',
  async run(call) {
    const value = await call.secret('ngrok authtoken: ');
    return show(call, await call.client.tunnel.setToken({ token: value }));
  },
};

const prove: Command = {
  words: 'tunnel prove',
  about: 'proves that the public address leads here',
  run: async (call) => show(call, await call.client.tunnel.prove()),
};

const retry: Command = {
  words: 'tunnel retry',
  about: 'tries at once instead of waiting',
  run: async (call) => show(call, await call.client.tunnel.retry()),
};

export const tunnelCommands: readonly Command[] = [get, use, token, prove, retry];
