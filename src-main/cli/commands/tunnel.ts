import type { Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { argsOf, type Command, type CommandCall, moment, UsageError } from '../command.ts';

function show({ print, flags, isRunning }: CommandCall, tunnel: Tunnel): number {
  if (flags.json) print(JSON.stringify(tunnel, null, 2));
  else for (const line of linesOf(tunnel, isRunning)) print(line);
  return tunnel.state === 'failed' ? 1 : 0;
}

function linesOf({ choice, state, publicUrl, problem, nextTryAt }: Tunnel, isRunning: boolean): string[] {
  if (choice.kind === 'off') return ['off: Twilio can’t reach this computer.'];
  return [
    `${choice.kind}: ${state}${publicUrl === null ? '' : ` at ${publicUrl}`}`,
    ...(problem === null ? [] : [`! ${problem.says} ${problem.remedy}`]),
    ...(problem?.link ? [`  ${problem.link}`] : []),
    ...(nextTryAt === null ? [] : [`  It is tried again at ${moment(nextTryAt)}.`]),
    ...(isRunning ? [] : ['Patchbay is not running: it is opened and proven when it starts.']),
  ];
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
  if (kind === 'ngrok') return { kind, ...(value ? { domain: value } : {}) };
  if (kind === 'own' && value !== undefined) return { kind, url: value };
  throw new UsageError(`patchbay tunnel use takes ${use.takes}`);
}

const token: Command = {
  words: 'tunnel token',
  about: 'keeps ngrok’s authtoken, which is asked for or read from stdin',
  async run(call) {
    const value = await call.secret('ngrok authtoken: ');
    const tunnel = await call.client.tunnel.setToken({ token: value });
    if (!call.flags.json) call.print('The authtoken is kept.');
    return show(call, tunnel);
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
