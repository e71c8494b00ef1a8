import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ORPCError } from '@orpc/client';
import { problemSchema } from '../src-preload/contract/problem.ts';
import { type Flags, UsageError } from './cli/command.ts';
import { commandOf, commands } from './cli/commands.ts';
import { reachCore } from './cli/reach-core.ts';
import { confirmIn, secretFrom } from './cli/terminal.ts';
import { OptionError, readHostOptions } from './host-options.ts';
import { startProblem } from './start-problem.ts';

const usage = `patchbay COMMAND

${commands.map(({ words, takes, about }) => `  ${`${words} ${takes ?? ''}`.trim()}\n      ${about}`).join('\n')}

Options:
  --data-dir DIR   the data folder, as for serve; a Patchbay at work on it answers
  --rehearsal      on the rehearsal line, in place of Twilio
  --json           what doctor, account, profile, numbers, tunnel, net and route say, as JSON
  --yes            asks nothing
  --help           this text
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`patchbay: ${inWords(error)}\n`);
  process.exitCode = error instanceof UsageError || error instanceof OptionError ? 2 : 1;
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parsed(argv);
  if (values.help || positionals.length === 0) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const found = commandOf(positionals);
  if (found === undefined) {
    throw new UsageError(`there is no command "${positionals.join(' ')}"; --help lists them`);
  }
  const { command, args } = found;
  if (command.takes === undefined && args.length > 0) {
    throw new UsageError(`patchbay ${command.words} takes nothing more, and "${args.join(' ')}" is more`);
  }
  const options = readHostOptions(
    [
      ...(values['data-dir'] === undefined ? [] : ['--data-dir', values['data-dir']]),
      ...(values.rehearsal ? ['--rehearsal'] : []),
    ],
    process.env,
  );
  const flags: Flags = {
    json: values.json,
    yes: values.yes,
    integration: values.integration,
    lineType: values['line-type'],
    seconds: values.seconds === undefined ? undefined : Number(values.seconds),
    route: values,
  };
  const core = await reachCore(options, resourcesDir());
  try {
    return await command.run({
      client: core.client,
      isRunning: core.isRunning,
      args,
      flags,
      print: (line) => process.stdout.write(`${line}\n`),
      confirm: (question) => (flags.yes ? Promise.resolve(true) : confirmIn(question)),
      secret: secretFrom,
    });
  } finally {
    await core.close();
  }
}

function parsed(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      strict: true,
      allowPositionals: true,
      options: {
        'data-dir': { type: 'string' },
        rehearsal: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        integration: { type: 'string' },
        'line-type': { type: 'boolean', default: false },
        seconds: { type: 'string' },
        number: { type: 'string' },
        at: { type: 'string' },
        field: { type: 'string', multiple: true },
        called: { type: 'string' },
        workflow: { type: 'string' },
        contact: { type: 'string' },
        tag: { type: 'string', multiple: true },
        call: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** From the sources and from the bundle alike. */
function resourcesDir(): string {
  const beside = join(import.meta.dirname, '../resources');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../resources');
}

function inWords(error: unknown): string {
  // What was typed may be said again, with the numbers in it.
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof ORPCError)) return startProblem(error);
  const problem = problemSchema.safeParse(error.data).data;
  if (problem === undefined) return startProblem(error);
  return [problem.says, problem.remedy, problem.link].filter((part) => part).join('\n  ');
}
