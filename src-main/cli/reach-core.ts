import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { contract } from '../../src-preload/contract/api.ts';
import { createApi } from '../api/create-api.ts';
import { createLogger } from '../core/logging/logger.ts';
import { createLogin } from '../headless/login.ts';
import { type RunningHostNote, runningHostIn } from '../headless/running-host-file.ts';
import { headlessParts } from '../headless/start-headless.ts';
import { openHost, startHost } from '../host.ts';
import type { HostOptions } from '../host-options.ts';

export type PatchbayClient = ContractRouterClient<typeof contract>;

export interface ReachedCore {
  client: PatchbayClient;
  /** Whether Patchbay is at work in another process, which answers here. */
  isRunning: boolean;
  close(): Promise<void>;
}

/**
 * The headless host at work on the data folder, else a core of this process's own on that folder, without listeners.
 * With --rehearsal and nothing running, Patchbay starts for as long as the command takes.
 */
export async function reachCore(options: HostOptions, resourcesDir: string): Promise<ReachedCore> {
  const note = await runningHostIn(options.dataDir);
  if (note !== undefined) return { client: clientOf(note), isRunning: true, close: async () => {} };
  const parts = headlessParts(options, resourcesDir, createLogger({ level: 'silent' }));
  const host =
    options.rehearsal === 'on'
      ? await startHost({ ...options, webhookPort: 0 }, parts)
      : openHost(options, parts);
  return { client: createRouterClient(createApi(host.apiParts)), isRunning: false, close: () => host.stop() };
}

function clientOf({ origin, token }: RunningHostNote): PatchbayClient {
  const cookie = createLogin(token).cookieFor(Number(new URL(origin).port));
  return createORPCClient(new RPCLink({ url: `${origin}/rpc`, headers: { cookie: cookie.split(';')[0] } }));
}
