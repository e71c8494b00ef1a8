import { type Command, verdictLines } from '../command.ts';

export const doctor: Command = {
  words: 'doctor',
  about:
    'looks at every link from the credentials to the phone that would ring; rings nobody; exit code 0 when all is ok or worth a warning, 1 when a link is broken or could not be looked at',
  async run({ client, print, flags }) {
    const { verdict, links, at } = await client.doctor.examine();
    if (flags.json) {
      print(JSON.stringify({ verdict, at, links }, null, 2));
    } else {
      for (const link of links) {
        for (const line of verdictLines(link.verdict, link.title, link.says, link.remedy, link.link))
          print(line);
      }
    }
    return verdict === 'broken' || verdict === 'unknown' ? 1 : 0;
  },
};
