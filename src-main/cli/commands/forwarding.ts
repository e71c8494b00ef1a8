import { e164Schema } from '../../../src-preload/contract/desk.ts';
import { argsOf, type Command, UsageError } from '../command.ts';

export const forwarding: Command = {
  words: 'forwarding',
  takes: '[CARRIER NUMBER [--seconds N]]',
  about: 'the keys with which your own phone sends unanswered calls to your Patchbay number',
  async run(call) {
    const { client, print, flags } = call;
    const [carrierId, number] = argsOf(forwarding, call.args, 0, 2);
    const carriers = await client.forwarding.carriers();
    if (carrierId === undefined) {
      for (const { id, name, country } of carriers)
        print(`${id.padEnd(20)} ${name}${country === 'any' ? '' : ` (${country})`}`);
      return 0;
    }
    if (!carriers.some(({ id }) => id === carrierId)) {
      throw new UsageError(`there is no carrier "${carrierId}"; patchbay forwarding lists them`);
    }
    if (!e164Schema.safeParse(number).success || number === undefined) {
      throw new UsageError(
        `patchbay forwarding takes your Patchbay number after the carrier, like ${carrierId} +14165550100`,
      );
    }
    if (Number.isNaN(flags.seconds)) throw new UsageError('--seconds takes a number');
    const guide = await client.forwarding.guide({
      carrierId,
      number,
      ...(flags.seconds === undefined ? {} : { ringSeconds: flags.seconds }),
    });
    const { name, ringSeconds, notes, sources } = guide.carrier;
    print(name);
    for (const { condition, turnOn, turnOff, check } of guide.steps) {
      print(`${condition}: dial ${turnOn} · undo ${turnOff}${check === null ? '' : ` · check ${check}`}`);
    }
    if (ringSeconds !== null)
      print(`How long it rings first can be chosen: --seconds ${ringSeconds.join(', ')}`);
    for (const note of notes) print(`! ${note}`);
    for (const step of guide.tryIt) print(`- ${step}`);
    for (const source of sources) print(`Source: ${source}`);
    return 0;
  },
};
