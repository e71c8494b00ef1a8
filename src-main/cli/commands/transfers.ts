import { text } from 'node:stream/consumers';
import {
  type DialectId,
  dialectIds,
  type PlatformCall,
  type PlatformCallRow,
  type Transfer,
} from '../../../src-preload/contract/transfers.ts';
import { argsOf, type Command, moment, readTextFile, UsageError, verdictLines } from '../command.ts';

function linesOf(transfer: Transfer): string[] {
  const { at, dialect, caller, destination, fallbackReason, problem, platformCall } = transfer;
  const lines = [`${moment(at)}  ${dialect}  ${caller ?? 'a withheld number'} → ${destination}`];
  if (fallbackReason !== null) lines.push(`  ! ${fallbackReason}`);
  if (problem !== null) lines.push(`  ! ${problem}`);
  if (transfer.isAwaited) lines.push(`  ${arrival(transfer)}`);
  if (platformCall === null) return lines;
  return [...lines, `  ${platformCall.status}  ${platformCall.summary}`, ...formLines(platformCall)];
}

function formLines({ form }: PlatformCall): string[] {
  return Object.entries(form).map(([name, value]) => `    ${name}: ${value}`);
}

function arrival({ callId }: Transfer): string {
  return callId === null
    ? 'no call at the hand-over number belongs to it (yet)'
    : `it came to Patchbay as the call ${callId}`;
}

const transfers: Command = {
  words: 'transfers',
  takes: '[--last N]',
  about: 'whom other platforms handed over, and what they told of the calls, the newest first (50 at most)',
  async run(call) {
    argsOf(transfers, call.args, 0);
    const { client, print, flags } = call;
    const list = await client.routing.transfers(flags.last === undefined ? {} : { limit: flags.last });
    if (flags.json) print(JSON.stringify(list, null, 2));
    else if (list.length === 0) print('No platform has asked for a destination yet.');
    else for (const transfer of list) for (const line of linesOf(transfer)) print(line);
    return 0;
  },
};

const platformCalls: Command = {
  words: 'platform calls',
  takes: '[--last N]',
  about: 'what other platforms told of the calls that they took, with and without a transfer',
  async run(call) {
    argsOf(platformCalls, call.args, 0);
    const { client, print, flags } = call;
    const list = await client.routing.platformCalls(flags.last === undefined ? {} : { limit: flags.last });
    if (flags.json) print(JSON.stringify(list, null, 2));
    else if (list.length === 0) print('No platform has told of a call yet.');
    else for (const told of list) for (const line of callLines(told)) print(line);
    return 0;
  },
};

function callLines(told: PlatformCallRow): string[] {
  const { createdAt, receivedAt, from, to, status, summary, transferId } = told;
  return [
    `${moment(createdAt ?? receivedAt)}  ${from ?? 'a withheld number'} → ${to ?? 'no number'}  ${status}  ${summary}`,
    ...(transferId === null ? ['  it belongs to no transfer'] : []),
    ...formLines(told),
  ];
}

const lint: Command = {
  words: 'lint',
  takes: `DIALECT [FILE], where DIALECT is one of ${dialectIds.join(', ')}; without a file, stdin is read`,
  about: 'says what a platform would make of an answer',
  async run({ client, args, flags, print }) {
    const [dialect = '', file] = argsOf(lint, args, 1, 2);
    const findings = await client.routing.lintAnswer({
      dialect: dialectNamed(dialect),
      text: file === undefined ? await text(process.stdin) : await readTextFile(file),
    });
    if (flags.json) print(JSON.stringify(findings, null, 2));
    else {
      for (const { verdict, says, remedy } of findings) {
        for (const line of verdictLines(verdict, dialect, says, remedy)) print(line);
      }
    }
    return findings.some(({ verdict }) => verdict === 'broken') ? 1 : 0;
  },
};

function dialectNamed(name: string): DialectId {
  const dialect = dialectIds.find((id) => id === name.toLowerCase());
  if (dialect === undefined)
    throw new UsageError(`"${name}" is no dialect; they are ${dialectIds.join(', ')}`);
  return dialect;
}

const retellKey: Command = {
  words: 'retell key',
  about: 'keeps the Retell API key that checks its signatures, which is asked for or read from stdin',
  async run({ client, secret, print }) {
    await client.routing.setRetellKey({ key: await secret('Retell API key: ') });
    print('The key is kept. Retell’s requests are checked with it from now on.');
    return 0;
  },
};

export const transferCommands: readonly Command[] = [transfers, platformCalls, lint, retellKey];
