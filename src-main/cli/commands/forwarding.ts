import { argsOf, type Command, UsageError } from '../command.ts';

export const forwarding: Command = {
  words: 'forwarding',
  takes: '[CARRIER NUMBER [--seconds N]]',
  about: 'the keys with which your own phone sends unanswered calls to your Patchbay number',
  async run(call) {
    const { client, print, flags } = call;
    const [carrierId, number] = argsOf(forwarding, call.args, 0, 2);
    if (carrierId === undefined) {
      for (const { id, name, country } of await client.forwarding.carriers())
        print(`${id.padEnd(20)} ${name} (${country})`);
      return 0;
    }
    if (number === undefined) throw new UsageError(`patchbay forwarding takes ${forwarding.takes}`);
    const guide = await client.forwarding.guide({
      carrierId,
      number,
      ...(flags.seconds === undefined ? {} : { ringSeconds: flags.seconds }),
    });
    print(guide.carrier.name);
    for (const { condition, turnOn, turnOff, check } of guide.steps) {
      print(`${condition}: dial ${turnOn} · undo ${turnOff}${check === null ? '' : ` · check ${check}`}`);
    }
    for (const note of guide.carrier.notes) print(`! ${note}`);
    for (const step of guide.tryIt) print(`- ${step}`);
    return 0;
  },
};
