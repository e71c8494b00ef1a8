import { type Command, moment } from '../command.ts';

export const alerts: Command = {
  words: 'alerts',
  about: 'what Twilio’s debugger says, in words, the newest first',
  async run({ client, print, flags }) {
    const list = await client.alerts.list({ limit: 50 });
    if (flags.json) {
      print(JSON.stringify(list, null, 2));
    } else {
      for (const { at, problem, callSid } of list.alerts) {
        print(
          `${moment(at)}  ${problem.code ?? ''}  ${problem.says}${callSid === null ? '' : ` (${callSid})`}`,
        );
        print(`  → ${problem.remedy}`);
      }
      if (list.problem !== null) print(`! ${list.problem.says} ${list.problem.remedy}`);
      else if (list.alerts.length === 0) print('Twilio reported no errors.');
    }
    return list.problem === null ? 0 : 1;
  },
};
