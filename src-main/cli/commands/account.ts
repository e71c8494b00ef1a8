import type { Account } from '../../../src-preload/contract/account.ts';
import { argsOf, type Command, type CommandCall } from '../command.ts';

function show({ print, flags }: CommandCall, account: Account): number {
  if (flags.json) {
    print(JSON.stringify(account, null, 2));
    return 0;
  }
  print(`${account.name} (${account.accountSid}), ${account.type}, ${account.status}`);
  if (account.balance !== null) print(`balance ${account.balance.amount} ${account.balance.currency}`);
  print(`calls at once: ${account.concurrency.calls ?? 'no known limit'} (${account.concurrency.why})`);
  for (const meaning of account.meanings) print(`- ${meaning}`);
  return 0;
}

const check: Command = {
  words: 'account',
  about: 'asks Twilio about the connected account and says what it means for transfers',
  run: async (call) => show(call, await call.client.account.check()),
};

const connect: Command = {
  words: 'account connect',
  takes: 'ACCOUNT_SID (the auth token is asked for, or read from stdin)',
  about:
    'connects a Twilio account, or takes its next auth token: enter it before it is made the primary one, and no call is lost',
  async run(call) {
    const [accountSid = ''] = argsOf(connect, call.args, 1);
    const authToken = await call.secret('Auth token: ');
    return show(call, await call.client.account.connect({ accountSid, authToken }));
  },
};

const disconnect: Command = {
  words: 'account disconnect',
  about: 'forgets the account; its numbers must be detached first',
  async run({ client, print }) {
    await client.account.disconnect();
    print('No Twilio account is connected any more.');
    return 0;
  },
};

const subaccounts: Command = {
  words: 'account subaccounts',
  about: 'lists the subaccounts of the connected account',
  async run({ client, print }) {
    const list = await client.account.subaccounts();
    if (list.length === 0) print('The account has no subaccounts.');
    for (const { accountSid, name, status } of list) print(`${accountSid}  ${status.padEnd(9)}  ${name}`);
    return 0;
  },
};

const use: Command = {
  words: 'account use',
  takes: 'ACCOUNT_SID',
  about: 'works with this subaccount from now on',
  async run(call) {
    const [accountSid = ''] = argsOf(use, call.args, 1);
    return show(call, await call.client.account.useSubaccount({ accountSid }));
  },
};

export const accountCommands: readonly Command[] = [check, connect, disconnect, subaccounts, use];
