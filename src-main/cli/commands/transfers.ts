import { text } from 'node:stream/consumers';
import { type DialectId, dialectIds, type Transfer } from '../../../src-preload/contract/transfers.ts';
import { argsOf, type Command, moment, readTextFile, UsageError, verdictLines } from '../command.ts';

function linesOf({ at, dialect, caller, destination, fallbackReason, platformCall }: Transfer): string[] {
  const lines = [`${moment(at)}  ${dialect}  ${caller ?? 'a withheld number'} → ${destination}`];
  if (fallbackReason !== null) lines.push(`  ! ${fallbackReason}`);
  if (platformCall === null) return lines;
  const form = Object.entries(platformCall.form).map(([name, value]) => `${name}: ${value}`);
  return [
    ...lines,
    `  ${platformCall.status}  ${platformCall.summary}`,
    ...form.map((line) => `    ${line}`),
  ];
}

const transfers: Command = {
  words: 'transfers',
  about: 'whom other platforms handed over, and what they told of the calls, the newest first',
  async run({ client, print, flags }) {
    const list = await client.routing.transfers({});
    if (flags.json) print(JSON.stringify(list, null, 2));
    else if (list.length === 0) print('No platform has asked for a destination yet.');
    else for (const transfer of list) for (const line of linesOf(transfer)) print(line);
    return 0;
  },
};

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

export const transferCommands: readonly Command[] = [transfers, lint, retellKey];
