import type { Net } from '../../../src-preload/contract/net.ts';
import { type Command, type CommandCall, followed, moment } from '../command.ts';

function show({ print, flags }: CommandCall, net: Net): number {
  if (flags.json) {
    print(JSON.stringify(net, null, 2));
  } else {
    print(`net: ${net.state}${net.url === null ? '' : ` at ${net.url}`}, verified ${moment(net.verifiedAt)}`);
    if (net.problem !== null) print(`! ${net.problem.says} ${net.problem.remedy}`);
    if (net.numbers.length === 0) print('No number is attached, so there is nothing to catch.');
    for (const { number, verdict, says, problem } of net.numbers) {
      print(`${verdict.padEnd(8)} ${number}`);
      for (const sentence of says) print(`         ${sentence}`);
      if (problem !== null) print(`         → ${problem.remedy}`);
    }
  }
  return net.state === 'failed' || net.numbers.some(({ verdict }) => verdict !== 'ok') ? 1 : 0;
}

const status: Command = {
  words: 'net status',
  about:
    'what Twilio would do right now if this machine vanished; exit code 1 when a caller would be stranded',
  run: async (call) => show(call, await call.client.net.status()),
};

const publish: Command = {
  words: 'net publish',
  about: 'publishes the net under the attached numbers again',
  run: async (call) => show(call, await followed(call.print, await call.client.net.publish())),
};

export const netCommands: readonly Command[] = [status, publish];
