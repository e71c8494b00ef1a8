import { type Command, moment } from '../command.ts';

const check: Command = {
  words: 'profile',
  about: 'says where the Business Profile stands, what that means and what to do next',
  async run({ client, print, flags }) {
    const profile = await client.profile.check();
    if (flags.json) {
      print(JSON.stringify(profile, null, 2));
      return 0;
    }
    print(`${profile.label}${profile.name === null ? '' : ` (${profile.name})`}: ${profile.means}`);
    if (profile.problem !== null) print(`! ${profile.problem.says}`);
    for (const { says } of profile.reasons) print(`- ${says}`);
    for (const warning of profile.warnings) print(`! ${warning}`);
    print(`Next: ${profile.next}`);
    print(`      ${profile.consoleUrl}`);
    for (const unlocked of profile.unlocks) print(`+ ${unlocked}`);
    return 0;
  },
};

const history: Command = {
  words: 'profile history',
  about: 'every status that was seen and why it was rejected, the newest first',
  async run({ client, print }) {
    const sightings = await client.profile.history();
    if (sightings.length === 0) print('The profile was never looked at.');
    for (const { at, lastSeenAt, status, reasons } of sightings) {
      print(`${status.padEnd(10)} from ${moment(at)} until ${moment(lastSeenAt)} at least`);
      for (const reason of reasons) print(`  - ${reason}`);
    }
    return 0;
  },
};

export const profileCommands: readonly Command[] = [check, history];
