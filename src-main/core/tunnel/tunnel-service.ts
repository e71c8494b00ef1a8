import type { Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import type { SettingQueries } from '../database/settings.ts';
import type { Clock, Logger, Notifier, Vault } from '../ports.ts';
import type { OriginProofs } from './origin-proofs.ts';
import type { TunnelOpener } from './tunnel-opener.ts';

export interface TunnelServiceDeps {
  tunnels: TunnelOpener;
  vault: Vault;
  settings: SettingQueries;
  proofs: OriginProofs;
  /** The choice of the command line or the environment; null: the operator's own, from the settings. */
  fixedChoice: TunnelChoice | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** How Twilio reaches the webhook listener: off, ngrok, or an address of the operator's own. */
export class TunnelService {
  readonly #deps: TunnelServiceDeps;

  constructor(deps: TunnelServiceDeps) {
    this.#deps = deps;
  }

  current(): Tunnel {
    throw new Error('not built');
  }

  /** The origin that Twilio is told, whether proven or not; null: there is none. */
  publicUrl(): string | null {
    const { fixedChoice } = this.#deps;
    return fixedChoice?.kind === 'own' ? fixedChoice.url : null;
  }

  /** The same, but only once it is proven that it leads here. */
  provenOrigin(): string | null {
    throw new Error('not built');
  }

  /** @throws ProblemError when the choice can't be used; what was in force stays then. */
  use(_choice: TunnelChoice): Promise<Tunnel> {
    throw new Error('not built');
  }

  /** Keeps ngrok's authtoken in the vault and tries again. @throws ProblemError. */
  setToken(_token: string): Promise<Tunnel> {
    throw new Error('not built');
  }

  retry(): Promise<Tunnel> {
    throw new Error('not built');
  }

  /** Proves again that the public URL leads here. */
  prove(): Promise<Tunnel> {
    throw new Error('not built');
  }

  /** The listener is up at this port: the chosen tunnel is opened in the background. */
  start(_webhookPort: number): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Each time the state or the URL changes. @returns the way to unsubscribe. */
  onChange(_listener: (tunnel: Tunnel) => void): () => void {
    return () => {};
  }

  /** Plain sentences, like a tunnel that is lost. */
  warnings(): string[] {
    return [];
  }
}
