import { argsOf, type Command, type CommandCall, found } from '../command.ts';

async function turn(call: CommandCall, command: Command, away: boolean): Promise<number> {
  const [number = ''] = argsOf(command, call.args, 1);
  const { warnings } = await found(() => call.client.desk.setAway({ number, away }));
  call.print(away ? `${number} is away: its groups ring the others.` : `${number} is back in its groups.`);
  for (const warning of warnings) call.print(`! ${warning}`);
  return 0;
}

const away: Command = {
  words: 'away',
  takes: 'NUMBER',
  about: 'leaves a member of groups out of them for now',
  run: (call) => turn(call, away, true),
};

const back: Command = {
  words: 'back',
  takes: 'NUMBER',
  about: 'brings a member of groups back',
  run: (call) => turn(call, back, false),
};

export const awayCommands: readonly Command[] = [away, back];
