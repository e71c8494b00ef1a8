import type { Logger } from '../core/ports.ts';
import { withEnvironmentSecrets } from '../environment-secrets.ts';
import { type HostParts, type RunningHost, startHost } from '../host.ts';
import type { HostOptions } from '../host-options.ts';
import { onceResolved } from '../once.ts';
import { createFileVault } from './file-vault.ts';
import { createLogin } from './login.ts';
import { forgetRunningHost, noteRunningHost } from './running-host-file.ts';
import { startUiServer } from './ui-server.ts';

/** Where the built parts of the app lie. */
export interface AppFolders {
  rendererDir: string;
  resourcesDir: string;
}

export interface RunningHeadless {
  webhookUrl: string;
  uiUrl: string;
  stop(): Promise<void>;
}

/** The core on plain Node, with its UI for a browser on this machine. */
export async function startHeadless(
  options: HostOptions,
  folders: AppFolders,
  logger: Logger,
): Promise<RunningHeadless> {
  const started = Promise.withResolvers<RunningHost>();
  const answerRpc = onceResolved(async () => loadRpc((await started.promise).apiParts, logger));
  // The UI's port first: when it is taken, nothing has been changed yet.
  const ui = await startUiServer({
    port: options.uiPort,
    rendererDir: folders.rendererDir,
    login: createLogin(),
    answerRpc: async (request, response) => (await answerRpc())(request, response),
    logger,
  });
  try {
    const host = await startHost(options, headlessParts(options, folders.resourcesDir, logger));
    started.resolve(host);
    const { origin, searchParams } = new URL(ui.url);
    const token = searchParams.get('token') ?? '';
    noteRunningHost(options.dataDir, { pid: process.pid, origin, token });
    return {
      webhookUrl: host.webhookUrl,
      uiUrl: ui.url,
      stop: async () => {
        forgetRunningHost(options.dataDir, token);
        await ui.stop();
        await host.stop();
      },
    };
  } catch (error) {
    await ui.stop();
    throw error;
  }
}

/** What the headless host brings to the core. @throws VaultError when the secrets can't be opened. */
export function headlessParts(options: HostOptions, resourcesDir: string, logger: Logger): HostParts {
  return {
    host: 'headless',
    vault: withEnvironmentSecrets(createFileVault(options.dataDir, process.env), process.env),
    // There is no desktop to notify on; the log keeps the facts.
    notifier: {
      notify: ({ title, callId }) => logger.info('The operator should know.', { title, callId }),
    },
    logger,
    resourcesDir,
  };
}

/** Loaded with the first look at the UI: calls are answered sooner without it. */
async function loadRpc(
  apiParts: Parameters<typeof import('../api/create-api.ts')['createApi']>[0],
  logger: Logger,
) {
  const [{ createApi }, { createRpcAnswerer }] = await Promise.all([
    import('../api/create-api.ts'),
    import('./rpc.ts'),
  ]);
  return createRpcAnswerer(createApi(apiParts), logger);
}
