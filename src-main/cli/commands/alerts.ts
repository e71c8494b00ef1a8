import { type Command, moment } from '../command.ts';

export const alerts: Command = {
  words: 'alerts',
  about: 'what Twilio’s debugger says, in words, the newest first',
  async run({ client, print, flags }) {
    const list = await client.alerts.list({ limit: 50 });
    if (flags.json) print(JSON.stringify(list, null, 2));
    else if (list.length === 0) print('Twilio reported no errors.');
    else {
      for (const { at, problem, callSid } of list) {
        print(
          `${moment(at)}  ${problem.code ?? ''}  ${problem.says}${callSid === null ? '' : ` (${callSid})`}`,
        );
        print(`  → ${problem.remedy}`);
      }
    }
    return 0;
  },
};
