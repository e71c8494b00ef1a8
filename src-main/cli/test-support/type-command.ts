import { createRouterClient } from '@orpc/server';
import { createApi } from '../../api/create-api.ts';
import type { Core } from '../../core/core.ts';
import { type Flags, noFlags } from '../command.ts';
import { commandOf } from '../commands.ts';

export interface Typed {
  flags?: Partial<Flags>;
  /** What is typed unseen. */
  secret?: string;
}

/** Types a command on this core, over its API. @returns what was printed, and the exit code. @throws as the command does */
export async function typeCommand(
  core: Core,
  words: readonly string[],
  { flags, secret = '' }: Typed = {},
): Promise<{ code: number; printed: string[]; text: string }> {
  const { command, args } = commandOf(words);
  const printed: string[] = [];
  const api = createApi({
    core,
    connectAccount: () => Promise.reject(new Error('not asked for')),
    forwarding: { carriers: () => [], guide: () => undefined },
    rehearsal: null,
    host: 'headless',
    version: '1.2.3',
    hasTwilioAccount: () => false,
  });
  const code = await command.run({
    client: createRouterClient(api),
    isRunning: false,
    args,
    flags: { ...noFlags, ...flags },
    print: (line) => printed.push(line),
    confirm: async () => flags?.yes ?? false,
    secret: async () => secret,
  });
  return { code, printed, text: printed.join('\n') };
}
