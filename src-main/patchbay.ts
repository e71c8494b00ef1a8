import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Flags, UsageError } from './cli/command.ts';
import { commandOf, commands } from './cli/commands.ts';
import { errorInWords } from './cli/error-words.ts';
import { reachCore } from './cli/reach-core.ts';
import { confirmIn, secretFrom } from './cli/terminal.ts';
import { OptionError, readHostOptions } from './host-options.ts';

/** The most that --last takes, as in the contract. */
const mostAsked = 100_000;

const usage = `patchbay COMMAND

${commands.map(({ words, takes, about }) => `  ${`${words} ${takes ?? ''}`.trim()}\n      ${about}`).join('\n')}

Options:
  --data-dir DIR   the data folder, as for serve; a Patchbay at work on it answers
  --rehearsal      on the rehearsal line, in place of Twilio
  --json           what doctor, account, profile, destinations check, tunnel, numbers, net, route, coverage,
                   time-machine, promises, transfers, lint and alerts say, as JSON
  --yes            asks nothing
  --help           this text

The exit code is 0 when it was done or all is well, 1 when not, 2 when what was typed can’t be used.
`;

// Node would print all that hangs on the error, and on one of an HTTP library hangs the Authorization header.
process.on('uncaughtException', (error) => {
  process.stderr.write(`patchbay: ${errorInWords(error)}\n`, () => process.exit(1));
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`patchbay: ${errorInWords(error)}\n`);
  process.exitCode = error instanceof UsageError || error instanceof OptionError ? 2 : 1;
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parsed(argv);
  if (values.help || positionals.length === 0) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const { command, args } = commandOf(positionals);
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
    last: countIn('--last', values.last),
    log: values.log,
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
        last: { type: 'string' },
        log: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function countIn(option: string, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(typed) && Number(typed) <= mostAsked) return Number(typed);
  throw new UsageError(`${option} takes a whole number from 1 to ${mostAsked}, not "${typed}"`);
}

/** From the sources and from the bundle alike. */
function resourcesDir(): string {
  const beside = join(import.meta.dirname, '../resources');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../resources');
}
