import { type Command, UsageError } from './command.ts';
import { accountCommands } from './commands/account.ts';
import { alerts } from './commands/alerts.ts';
import { awayCommands } from './commands/away.ts';
import { coverage } from './commands/coverage.ts';
import { destinationCommands } from './commands/destinations.ts';
import { doctor } from './commands/doctor.ts';
import { forwarding } from './commands/forwarding.ts';
import { netCommands } from './commands/net.ts';
import { numberCommands } from './commands/numbers.ts';
import { profileCommands } from './commands/profile.ts';
import { promiseCommands } from './commands/promises.ts';
import { route } from './commands/route.ts';
import { timeMachineCommands } from './commands/time-machine.ts';
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
  coverage,
  ...timeMachineCommands,
  ...awayCommands,
  ...promiseCommands,
  ...transferCommands,
  alerts,
  forwarding,
];

/**
 * The command whose words come first; of "tunnel" and "tunnel use" the longer one.
 *
 * @throws UsageError when there is none, or when it takes nothing and more was typed. What was typed is not said again:
 * it may be a secret in the wrong place.
 */
export function commandOf(typed: readonly string[]): { command: Command; args: readonly string[] } {
  const candidates = commands
    .map((command) => ({ command, words: command.words.split(' ') }))
    .filter(({ words }) => words.every((word, index) => typed[index] === word))
    .toSorted((a, b) => b.words.length - a.words.length);
  const [best] = candidates;
  if (best === undefined) throw unknownCommand(typed[0] ?? '');
  const args = typed.slice(best.words.length);
  if (best.command.takes === undefined && args.length > 0) {
    throw new UsageError(`patchbay ${best.command.words} takes nothing more; --help lists the commands`);
  }
  return { command: best.command, args };
}

function unknownCommand(word: string): UsageError {
  const near = commands.filter(({ words }) => words.startsWith(`${word} `)).map(({ words }) => words);
  return new UsageError(
    near.length === 0
      ? `there is no command "${word}"; --help lists them`
      : `"${word}" goes on: ${near.join(', ')}`,
  );
}
