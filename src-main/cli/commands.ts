import type { Command } from './command.ts';
import { accountCommands } from './commands/account.ts';
import { alerts } from './commands/alerts.ts';
import { destinationCommands } from './commands/destinations.ts';
import { doctor } from './commands/doctor.ts';
import { forwarding } from './commands/forwarding.ts';
import { netCommands } from './commands/net.ts';
import { numberCommands } from './commands/numbers.ts';
import { profileCommands } from './commands/profile.ts';
import { promiseCommands } from './commands/promises.ts';
import { route } from './commands/route.ts';
import { transferCommands } from './commands/transfers.ts';
import { tunnelCommands } from './commands/tunnel.ts';

/** In the order in which an operator goes live. */
export const commands: readonly Command[] = [
  doctor,
  ...accountCommands,
  ...profileCommands,
  ...destinationCommands,
  ...tunnelCommands,
  ...numberCommands,
  ...netCommands,
  route,
  ...promiseCommands,
  ...transferCommands,
  alerts,
  forwarding,
];

/** The command whose words come first; of "net" and "net status" the longer one. */
export function commandOf(
  typed: readonly string[],
): { command: Command; args: readonly string[] } | undefined {
  const candidates = commands
    .map((command) => ({ command, words: command.words.split(' ') }))
    .filter(({ words }) => words.every((word, index) => typed[index] === word))
    .toSorted((a, b) => b.words.length - a.words.length);
  const [best] = candidates;
  return best && { command: best.command, args: typed.slice(best.words.length) };
}
