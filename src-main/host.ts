import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AppStatus } from '../src-preload/contract/api.ts';
import type { ApiParts } from './api/create-api.ts';
import type { Core, CoreOptions } from './core/core.ts';
import { createCore } from './core/create-core.ts';
import { carrierForwardingIn } from './core/forwarding/carrier-forwarding.ts';
import { type Logger, type Notifier, type Ports, systemClock, type Vault } from './core/ports.ts';
import { createModelRegistry } from './core/receptionist/model-registry.ts';
import { createGuardedHttp } from './core/routing/guarded-http.ts';
import { createNgrokTunnels } from './core/tunnel/ngrok-tunnel.ts';
import { createTwilioRest } from './core/twilio/create-twilio-rest.ts';
import { createTextSender } from './core/twilio/text-sender.ts';
import type { TwilioRest } from './core/twilio/twilio-rest.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { type HostOptions, isLoopbackHost } from './host-options.ts';
import { once } from './once.ts';
import { connectOwnAccount } from './own-account.ts';
import { version } from './version.ts';

/** What is in flight may take this long when a host stops; the process is to end within 5 s. */
const stopWithinMs = 4_500;

/** What differs from host to host. */
export interface HostParts {
  host: AppStatus['host'];
  vault: Vault;
  notifier: Notifier;
  logger: Logger;
  /** Holds what ships with the app; rehearsal/ has the practice desk and the calls. */
  resourcesDir: string;
}

/** The core at work under a host, and what the host's UI needs of it. */
export interface RunningHost {
  webhookUrl: string;
  /** What the UI's API is made of; making it is left to whoever shows the UI, when it is first asked for. */
  apiParts: ApiParts;
  /** Finishes what is in flight, then closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Builds the ports and the core, puts the desk file of the options in force, and starts them.
 *
 * @throws when the port is taken, the database is refused, the desk file is (DeskFileError), or another Patchbay is at
 * work on the data folder (DataFolderInUseError); nothing runs then
 */
export async function startHost(options: HostOptions, parts: HostParts): Promise<RunningHost> {
  const { logger } = parts;
  const rehearse =
    options.rehearsal === 'on' || (options.rehearsal === 'auto' && !hasTwilioAccount(parts.vault));
  // Loaded only where it is used: most operators rehearse once and then work for years.
  const rehearsing = rehearse ? await import('./host-rehearsal.ts') : null;
  const vault = rehearsing?.rehearsalVault(parts.vault) ?? parts.vault;
  // The rehearsal line starts once the core listens; until then nothing may go to Twilio itself.
  const lineIsThere = Promise.withResolvers<void>();
  let { twilioApiUrl } = options;
  if (rehearsing === null || twilioApiUrl !== null) lineIsThere.resolve();
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockDataFolder(options.dataDir);
  const running: Array<{ stop(): Promise<void> }> = [{ stop: async () => unlock() }];
  const stopAll = async () => {
    for (const part of running.toReversed()) await part.stop();
  };
  const stop = once(() => Promise.race([stopAll(), setTimeout(stopWithinMs, undefined, { ref: false })]));

  try {
    const core = buildCore(options, parts, {
      vault,
      twilio: heldBack(createTwilioRest({ vault, apiUrl: () => twilioApiUrl }), lineIsThere.promise),
      tunnels: rehearsing?.rehearsalTunnels ?? createNgrokTunnels(),
      twilioIsHere: rehearsing !== null || isOnThisMachine(twilioApiUrl),
      forgetsAccount: rehearsing !== null,
    });
    running.push(core);
    const deskYaml = options.deskFile === null ? undefined : readFileSync(options.deskFile, 'utf8');
    const { webhookUrl, warnings } = await core.start(deskYaml);
    for (const warning of warnings)
      logger.warn('A part of the desk file does not do what it seems to.', { warning });
    const rehearsal =
      (await rehearsing?.startHostRehearsal({
        core,
        vault,
        webhookUrl,
        publicUrl: options.publicUrl,
        scriptsDir: join(parts.resourcesDir, 'rehearsal'),
        speed: options.rehearsalSpeed,
        profile: options.rehearsalProfile,
        logger,
      })) ?? null;
    if (rehearsal !== null) {
      running.push(rehearsal);
      twilioApiUrl ??= rehearsal.apiUrl;
      lineIsThere.resolve();
    }
    return { webhookUrl, apiParts: apiPartsOf(options, core, parts, rehearsal?.service ?? null), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The core without its listeners, for one question or one change: nothing is answered, watched or published by itself.
 *
 * @throws when the database is refused, or a host is at work on the data folder (DataFolderInUseError)
 */
export function openHost(options: HostOptions, parts: HostParts): Pick<RunningHost, 'apiParts' | 'stop'> {
  const { vault } = parts;
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  lockDataFolder(options.dataDir, 0)();
  const core = buildCore(options, parts, {
    vault,
    twilio: createTwilioRest({ vault, apiUrl: () => options.twilioApiUrl }),
    tunnels: createNgrokTunnels(),
    twilioIsHere: isOnThisMachine(options.twilioApiUrl),
    forgetsAccount: false,
  });
  return { apiParts: apiPartsOf(options, core, parts, null), stop: () => core.stop() };
}

function buildCore(
  options: HostOptions,
  parts: HostParts,
  {
    twilioIsHere,
    forgetsAccount,
    ...outside
  }: Pick<Ports, 'vault' | 'twilio' | 'tunnels'> &
    Required<Pick<CoreOptions, 'twilioIsHere' | 'forgetsAccount'>>,
): Core {
  const { vault, twilio } = outside;
  return createCore(
    {
      dataDir: options.dataDir,
      webhookPort: options.webhookPort,
      tunnel: options.publicUrl === null ? null : { kind: 'own', url: options.publicUrl },
      twilioIsHere,
      forgetsAccount,
    },
    {
      ...outside,
      clock: systemClock,
      logger: parts.logger,
      notifier: parts.notifier,
      models: createModelRegistry({ vault, ...(options.llmUrl === null ? {} : { llmUrl: options.llmUrl }) }),
      outbound: createGuardedHttp(),
      texts: createTextSender(twilio),
    },
  );
}

/** The rehearsal line's account is connected there; any other is the operator's own, and Twilio's to judge. */
function rehearsedConnect(
  options: HostOptions,
  core: Core,
  { vault, logger }: HostParts,
): ApiParts['connectAccount'] {
  const twilio = createTwilioRest({ vault, apiUrl: () => options.twilioApiUrl });
  const connectOwn = connectOwnAccount({ twilio, vault, logger });
  return (given) =>
    given.accountSid.trim() === core.account.current()?.accountSid
      ? core.account.connect(given)
      : connectOwn(given);
}

/** Asks nothing before `isThere`. */
function heldBack(twilio: TwilioRest, isThere: Promise<void>): TwilioRest {
  return {
    ask: (question, credentials) => isThere.then(() => twilio.ask(question, credentials)),
    uploadFunction: (upload) => isThere.then(() => twilio.uploadFunction(upload)),
    fetchHosted: (url, params) => isThere.then(() => twilio.fetchHosted(url, params)),
    fetchMedia: (url) => isThere.then(() => twilio.fetchMedia(url)),
  };
}

function apiPartsOf(
  options: HostOptions,
  core: Core,
  parts: HostParts,
  rehearsal: ApiParts['rehearsal'],
): ApiParts {
  return {
    core,
    connectAccount:
      rehearsal === null ? (given) => core.account.connect(given) : rehearsedConnect(options, core, parts),
    forwarding: carrierForwardingIn(parts.resourcesDir),
    rehearsal,
    host: parts.host,
    version,
    hasTwilioAccount: () => hasTwilioAccount(parts.vault),
  };
}

function isOnThisMachine(url: string | null): boolean {
  return url !== null && isLoopbackHost(new URL(url).hostname);
}

function hasTwilioAccount(vault: Vault): boolean {
  return vault.get('TWILIO_ACCOUNT_SID') !== undefined && vault.get('TWILIO_AUTH_TOKEN') !== undefined;
}
