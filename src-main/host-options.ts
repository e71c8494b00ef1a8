import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ProfileStatus, profileStatuses } from '../src-preload/contract/profile.ts';

/** What a host is told by its command line and its environment; the command line wins. */
export interface HostOptions {
  dataDir: string;
  /** 0 takes any free port. */
  webhookPort: number;
  /** Of the headless host; 0 takes any free port. */
  uiPort: number;
  /** The origin under which Twilio reaches the webhook listener, or null. */
  publicUrl: string | null;
  /** A desk file to put in force at start. */
  deskFile: string | null;
  /** Write the desk file in force here, then exit. */
  exportFile: string | null;
  /** "auto": on as long as there are no Twilio credentials. */
  rehearsal: 'on' | 'off' | 'auto';
  /** How many times faster than the clock people speak and phones ring on the rehearsal line. */
  rehearsalSpeed: number;
  /** How the Business Profile stands on the rehearsal line. */
  rehearsalProfile: ProfileStatus;
  twilioApiUrl: string | null;
  llmUrl: string | null;
}

/** An option that can't be used. The message names the option, what it was, and what it takes. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

type Environment = Readonly<Record<string, string | undefined>>;

export const usage = `Options, each with an environment variable:
  --data-dir DIR        PATCHBAY_DATA_DIR      where the database and the secrets are kept
  --webhook-port PORT   PATCHBAY_WEBHOOK_PORT  4747; 0 takes any free port
  --ui-port PORT        PATCHBAY_UI_PORT       4748; 0 takes any free port
  --public-url URL      PATCHBAY_PUBLIC_URL    the origin under which Twilio reaches the webhook port
  --desk FILE           PATCHBAY_DESK          apply this desk file at start
  --export FILE                                write the desk file in force and exit
  --rehearsal           PATCHBAY_REHEARSAL     1 on, 0 off, auto: on without Twilio credentials
`;

/**
 * Reads a host's options.
 *
 * @param args the command line without the program's name
 * @throws OptionError for an unknown option or a value that can't be used
 */
export function readHostOptions(args: readonly string[], env: Environment): HostOptions {
  const given = parseCommandLine(args);
  /** An empty variable counts as unset: that is how a shell script or a service file leaves one out. */
  const pick = (option: string | undefined, optionName: string, variable: string) => {
    if (option !== undefined) return { value: option, source: `--${optionName}` };
    const value = env[variable];
    return value === undefined || value === '' ? undefined : { value, source: variable };
  };

  const dataDir = pick(given['data-dir'], 'data-dir', 'PATCHBAY_DATA_DIR');
  const deskFile = pick(given.desk, 'desk', 'PATCHBAY_DESK');
  return {
    dataDir: dataDir === undefined ? defaultDataDir(env) : path(dataDir),
    webhookPort: port(pick(given['webhook-port'], 'webhook-port', 'PATCHBAY_WEBHOOK_PORT'), 4747),
    uiPort: port(pick(given['ui-port'], 'ui-port', 'PATCHBAY_UI_PORT'), 4748),
    publicUrl: publicOrigin(pick(given['public-url'], 'public-url', 'PATCHBAY_PUBLIC_URL')),
    deskFile: deskFile === undefined ? null : path(deskFile),
    exportFile: given.export === undefined ? null : path({ value: given.export, source: '--export' }),
    rehearsal: given.rehearsal ? 'on' : rehearsalMode(env),
    rehearsalSpeed: speed(env.PATCHBAY_REHEARSAL_SPEED),
    rehearsalProfile: profileStatus(env.PATCHBAY_REHEARSAL_PROFILE),
    twilioApiUrl: serverUrl(pick(undefined, '', 'PATCHBAY_TWILIO_API_URL')),
    llmUrl: modelServerUrl(pick(undefined, '', 'PATCHBAY_LLM_URL')),
  };
}

/** The folder in which an operating system wants an app's data; both hosts share it. */
export function defaultDataDir(env: Environment, platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Patchbay');
    case 'win32':
      return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Patchbay');
    default:
      return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'patchbay');
  }
}

/** True for an address of this machine, the only place where Patchbay talks plain http to. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

interface Given {
  value: string;
  source: string;
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        'data-dir': { type: 'string' },
        'webhook-port': { type: 'string' },
        'ui-port': { type: 'string' },
        'public-url': { type: 'string' },
        desk: { type: 'string' },
        export: { type: 'string' },
        rehearsal: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new OptionError(`${error instanceof Error ? error.message : error}\n${usage}`, { cause: error });
  }
}

function path({ value, source }: Given): string {
  if (value.trim() === '') throw new OptionError(`${source} is empty; it takes a path`);
  return resolve(value);
}

function port(given: Given | undefined, whenAbsent: number): number {
  if (given === undefined) return whenAbsent;
  const number = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (!(number <= 65_535)) {
    throw new OptionError(`${given.source} is "${given.value}"; it takes a port from 0 to 65535`);
  }
  return number;
}

function rehearsalMode(env: Environment): HostOptions['rehearsal'] {
  const value = env.PATCHBAY_REHEARSAL ?? '';
  switch (value) {
    case '1':
    case 'true':
      return 'on';
    case '':
    case '0':
    case 'false':
      return 'off';
    case 'auto':
      return 'auto';
    default:
      throw new OptionError(`PATCHBAY_REHEARSAL is "${value}"; it takes 1, 0 or auto`);
  }
}

function speed(value: string | undefined): number {
  if (value === undefined || value === '') return 1;
  const number = Number(value);
  if (number >= 1 && number <= 1000) return number;
  throw new OptionError(`PATCHBAY_REHEARSAL_SPEED is "${value}"; it takes a number from 1 to 1000`);
}

function profileStatus(value: string | undefined): ProfileStatus {
  if (value === undefined || value === '') return 'approved';
  const status = profileStatuses.find((known) => known === value);
  if (status !== undefined) return status;
  throw new OptionError(
    `PATCHBAY_REHEARSAL_PROFILE is "${value}"; it takes one of ${profileStatuses.join(', ')}`,
  );
}

function publicOrigin(given: Given | undefined): string | null {
  const url = safeUrl(given);
  if (url === null || given === undefined) return null;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new OptionError(
      `${given.source} is "${given.value}"; it takes an origin alone, like https://patchbay.example.com`,
    );
  }
  return url.origin;
}

function serverUrl(given: Given | undefined): string | null {
  return safeUrl(given)?.href.replace(/\/+$/, '') ?? null;
}

/** A model server may stand in the operator's own network and speak plain http there. */
function modelServerUrl(given: Given | undefined): string | null {
  if (given === undefined) return null;
  const url = URL.parse(given.value);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new OptionError(
      `${given.source} is "${given.value}"; it takes an address like http://127.0.0.1:11434/v1`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** An https address, or http on this machine: nothing readable on the way. */
function safeUrl(given: Given | undefined): URL | null {
  if (given === undefined) return null;
  const url = URL.parse(given.value);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))) return url;
  throw new OptionError(
    `${given.source} is "${given.value}"; it takes an https:// address, or http:// on this machine`,
  );
}
