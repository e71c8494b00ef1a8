import type { DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import { argsOf, type Command, type CommandCall, followed, moment, verdictLines } from '../command.ts';

function show({ print, flags }: CommandCall, test: DestinationTest): number {
  if (flags.json) {
    print(JSON.stringify(test, null, 2));
  } else {
    for (const { verdict, id, says, remedy, link } of test.checks) {
      for (const line of verdictLines(verdict, id, says, remedy, link)) print(line);
    }
    if (test.calledAt !== null) print(`The call was placed on ${moment(test.calledAt)}.`);
    const code = test.call?.problem?.code ?? null;
    if (code !== null) print(`Twilio’s error code is ${code}.`);
    if (test.voicemailAfterSeconds !== null) {
      print(`Its voicemail picks up after ${test.voicemailAfterSeconds} s: it is rung for less.`);
    }
  }
  const isBroken = test.checks.some(({ verdict }) => verdict === 'broken');
  return isBroken || (test.call !== null && test.call.outcome !== 'person') ? 1 : 0;
}

function standing(test: DestinationTest | null): string {
  if (test === null) return 'not tested';
  if (test.call === null) return `checked, but never rung (${moment(test.at)})`;
  return `${test.call.says} (${moment(test.calledAt)})`;
}

const list: Command = {
  words: 'destinations',
  about: 'how the static number of each integration stands',
  async run({ client, print }) {
    for (const { integrationId, number, test } of await client.destinations.list())
      print(`${integrationId}  ${number}  ${standing(test)}`);
    return 0;
  },
};

const check: Command = {
  words: 'destinations check',
  takes: 'NUMBER [--integration ID] [--line-type]',
  about: 'looks at a number before it is relied on; --line-type costs a fee of Twilio’s',
  async run(call) {
    const [number = ''] = argsOf(check, call.args, 1);
    const { integration, lineType } = call.flags;
    return show(call, await call.client.destinations.check({ number, integrationId: integration, lineType }));
  },
};

const ring: Command = {
  words: 'destinations ring',
  takes: 'NUMBER [--integration ID] [--yes]',
  about: 'rings a number and asks whoever picks up for a key; costs a short call',
  async run(call) {
    const [number = ''] = argsOf(ring, call.args, 1);
    if (!(await call.confirm(`Twilio will ring ${number} now, at the price of a short call. Go on?`)))
      return 1;
    const { integration } = call.flags;
    const steps = await call.client.destinations.ring({ number, integrationId: integration });
    return show(call, await followed(call.print, steps));
  },
};

export const destinationCommands: readonly Command[] = [list, check, ring];
