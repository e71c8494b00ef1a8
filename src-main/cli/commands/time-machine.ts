import type { Replay } from '../../../src-preload/contract/routing.ts';
import { argsOf, type Command, moment, readTextFile } from '../command.ts';
import { ringWords } from '../ring-words.ts';

const replay: Command = {
  words: 'time-machine',
  takes: 'DESK_FILE [--last N] [--log FILE]',
  about:
    'the last calls (1000 unless --last says another number), or those of an exported log, against an edited desk file; nothing changes',
  async run(call) {
    const [file = ''] = argsOf(replay, call.args, 1);
    const { client, flags, print } = call;
    const found = await client.routing.replay({
      yaml: await readTextFile(file),
      ...(flags.last === undefined ? {} : { last: flags.last }),
      ...(flags.log === undefined ? {} : { log: await readTextFile(flags.log) }),
    });
    if (flags.json) print(JSON.stringify(found, null, 2));
    else for (const line of linesOf(found)) print(line);
    return 0;
  },
};

function linesOf({ decisions, same, unknown, changes }: Replay): string[] {
  return [
    ...changes.flatMap(({ at, number, before, after, callId }) => [
      `${moment(at)}  ${number ?? 'a withheld number'}${callId === null ? '  of another platform' : `  call ${callId}`}`,
      `  was ${ringWords(before.destinations, before.together)}: ${before.why}`,
      after === null
        ? '  would be: the desk no longer has this integration'
        : `  would be ${ringWords(after.destinations, after.together)}: ${after.why}`,
    ]),
    `${decisions} ${decisions === 1 ? 'decision' : 'decisions'}: ${changes.length} would change, ${same} would not${unknown === 0 ? '' : `, ${unknown} are a dynamic webhook’s to say`}.`,
  ];
}

const exportLog: Command = {
  words: 'time-machine export',
  takes: '[--last N]',
  about: 'prints what the last calls and transfers were decided by, for --log',
  async run({ client, flags, print }) {
    const { log } = await client.routing.exportLog(flags.last === undefined ? {} : { last: flags.last });
    print(log.trimEnd());
    return 0;
  },
};

export const timeMachineCommands: readonly Command[] = [replay, exportLog];
