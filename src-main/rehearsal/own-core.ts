import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createCore } from '../core/create-core.ts';
import { type Logger, type Ports, type SecretName, systemClock, type Vault } from '../core/ports.ts';
import { createModelRegistry } from '../core/receptionist/model-registry.ts';
import { createTwilioRest } from '../core/twilio/create-twilio-rest.ts';
import { createTextSender } from '../core/twilio/text-sender.ts';
import { attachNumbers } from './attach-numbers.ts';
import { withRehearsalAccount } from './rehearsal-account.ts';
import { RehearsalLine } from './rehearsal-line.ts';
import { practiceDeskIn } from './rehearsal-service.ts';
import { createRehearsalTunnels } from './rehearsal-tunnels.ts';
import { nowhere } from './rest/calls-line.ts';
import type { ExchangeCheck } from './rest/rest-server.ts';
import { runScript, type ScriptRun } from './run-script.ts';
import type { Script } from './script.ts';
import { ScriptedOutbound } from './scripted-outbound.ts';

export interface OwnCoreOptions {
  /** Holds practice-desk.yaml. */
  scriptsDir: string;
  speed: number;
  logger: Logger;
  /** Keys for scripts whose workflow names a real model. */
  env: Readonly<Record<string, string | undefined>>;
  /** Ends the call early; everything is cleaned up all the same. */
  signal: AbortSignal;
  /** Is asked about every request to the line's REST side and every answer of it. */
  check?: ExchangeCheck | undefined;
}

/** What Patchbay believes to be reached under. Nothing is ever sent there. */
const publicUrl = 'https://patchbay.example';

const modelKeys: readonly SecretName[] = [
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'PATCHBAY_LLM_KEY',
];

/**
 * Runs a script in a core of its own: the real webhook server, WebSocket, database and routing, on a data folder that
 * is deleted afterwards. Only Twilio and the operator's servers are played.
 */
export async function runInOwnCore(script: Script, options: OwnCoreOptions): Promise<ScriptRun> {
  const { scriptsDir, speed, logger, env, signal, check } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-rehearsal-'));
  const cleanUp: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  try {
    const vault = withRehearsalAccount(readOnlyVault(env));
    const outbound = new ScriptedOutbound(script.webhooks);
    let passed = 0;
    // The line's address is known once the core listens; what is asked before must not go to Twilio.
    let apiUrl = nowhere;
    const twilio = createTwilioRest({ vault, apiUrl: () => apiUrl });
    const ports: Ports = {
      clock: { now: () => systemClock.now() + passed },
      logger,
      vault,
      notifier: { notify: () => {} },
      models: createModelRegistry({ vault, llmUrl: env.PATCHBAY_LLM_URL || undefined }),
      outbound,
      texts: createTextSender(twilio),
      twilio,
      tunnels: createRehearsalTunnels(),
    };
    // Only an address on this machine can be proven.
    const tunnel = script.attached ? null : { kind: 'own' as const, url: publicUrl };
    const core = createCore({ dataDir, webhookPort: 0, tunnel }, ports);
    cleanUp.push(() => core.stop());
    const { webhookUrl } = await core.start();
    const account = {
      sid: vault.get('TWILIO_ACCOUNT_SID') ?? '',
      authToken: vault.get('TWILIO_AUTH_TOKEN') ?? '',
    };
    const line = new RehearsalLine({
      webhookUrl,
      publicUrl: script.attached ? webhookUrl : publicUrl,
      account: { ...account, ownsToo: () => core.status().workflows.map(({ number }) => number) },
      speed: Math.min(speed, script.maxSpeed),
      logger,
      check,
    });
    cleanUp.push(() => line.stop());
    ({ apiUrl } = await line.start());
    signal.addEventListener('abort', () => void line.stop(), { once: true });
    core.applyDesk(
      script.desk === undefined ? await readFile(practiceDeskIn(scriptsDir), 'utf8') : stringify(script.desk),
    );
    if (script.attached) await attachNumbers(core, account);
    const pass = (ms: number): void => {
      passed += ms;
    };
    return await runScript(script, { core, line, outbound, pass, signal });
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

/** The model keys of the environment and nothing else: a rehearsal never touches the operator's Twilio account. */
function readOnlyVault(env: OwnCoreOptions['env']): Vault {
  return {
    get: (name) => (modelKeys.includes(name) ? env[name] || undefined : undefined),
    set: () => {},
    delete: () => {},
  };
}
