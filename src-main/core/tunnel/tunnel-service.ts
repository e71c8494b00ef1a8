import { isDeepStrictEqual } from 'node:util';
import type { Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import type { SettingQueries } from '../database/settings.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, Notifier, Vault } from '../ports.ts';
import { originsInUse, type ProvenOrigin, withProven } from './former-origins.ts';
import { ngrokTokenPage } from './ngrok-errors.ts';
import type { OriginProofs } from './origin-proofs.ts';
import { checkedChoice, refusal } from './tunnel-choice.ts';
import type { TunnelOpener } from './tunnel-opener.ts';
import { TunnelRun, type TunnelStatus } from './tunnel-run.ts';

export interface TunnelServiceDeps {
  tunnels: TunnelOpener;
  vault: Vault;
  settings: SettingQueries;
  proofs: OriginProofs;
  /** The choice of the command line or the environment; null: the operator's own, from the settings. */
  fixedChoice: TunnelChoice | null;
  /** What plays Twilio's part stands on this machine, so that an address of this machine is as good as a public one. */
  twilioIsHere: boolean;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

/** A connection that blinks is nothing to wake the operator for. */
const noticeAfterMs = 30_000;

/** How Twilio reaches the webhook listener: off, ngrok, or an address of the operator's own. */
export class TunnelService {
  readonly #deps: TunnelServiceDeps;
  readonly #listeners = new Set<(tunnel: Tunnel) => void>();
  #choice: TunnelChoice;
  /** The webhook listener's port while it listens. */
  #port: number | null = null;
  /** The choice at work; null: it is off, or nothing listens. */
  #run: TunnelRun | null = null;
  #provenOrigins: readonly ProvenOrigin[];
  /** As the listeners were last told. */
  #told = '';
  #outage = new Outage();

  constructor(deps: TunnelServiceDeps) {
    this.#deps = deps;
    this.#choice = deps.fixedChoice ?? rememberedChoice(deps);
    this.#provenOrigins = deps.settings.get('provenOrigins') ?? [];
    this.#told = JSON.stringify(this.current());
  }

  current(): Tunnel {
    const fixed = this.#deps.fixedChoice !== null;
    const status = this.#run?.status() ?? this.#atRest();
    return { choice: this.#choice, fixed, ...status };
  }

  /** The origin that Twilio is told, whether proven or not; null: there is none. */
  publicUrl(): string | null {
    return (this.#run?.status() ?? this.#atRest()).publicUrl;
  }

  /** The same, but only once it is proven that it leads here. */
  provenOrigin(): string | null {
    return this.#run?.provenOrigin() ?? null;
  }

  /** The origins that were proven of late, this one's among them: calls that are still going on know Patchbay by them. */
  formerOrigins(): string[] {
    return originsInUse(this.#provenOrigins, this.#deps.clock.now());
  }

  /**
   * Puts the choice in force and waits, half a minute or so at most, until it is settled whether it is online.
   * @throws ProblemError when the choice can't be used; what was in force stays then.
   */
  async use(choice: TunnelChoice): Promise<Tunnel> {
    if (this.#deps.fixedChoice !== null) {
      throw refusal(
        'The public URL was given when Patchbay was started, so it can’t be changed here.',
        'Change or remove --public-url (PATCHBAY_PUBLIC_URL) and start Patchbay again.',
      );
    }
    const checked = checkedChoice(choice, this.#deps.twilioIsHere);
    // What is at work already is not taken down: calls go on through it.
    if (this.current().state === 'online' && isDeepStrictEqual(checked, this.#choice)) return this.prove();
    this.#deps.settings.set('tunnel', checked, this.#deps.clock.now());
    this.#choice = checked;
    return this.#restart(null);
  }

  /** Keeps ngrok's authtoken in the vault and tries again. @throws ProblemError. */
  async setToken(token: string): Promise<Tunnel> {
    const trimmed = token.trim();
    if (trimmed === '' || /\s/.test(trimmed)) {
      throw refusal(
        'This is no ngrok authtoken: one is a single word without spaces.',
        `Copy the authtoken alone from ${ngrokTokenPage}.`,
      );
    }
    try {
      this.#deps.vault.set('NGROK_AUTHTOKEN', trimmed);
    } catch (thrown) {
      throw refusal(
        'The authtoken can’t be kept safely on this computer.',
        `${messageOf(thrown)} When headless, give it as the environment variable NGROK_AUTHTOKEN.`,
      );
    }
    return this.#choice.kind === 'ngrok' ? this.#restart(this.publicUrl()) : this.current();
  }

  /** Starts over at once, whatever was being waited for. */
  retry(): Promise<Tunnel> {
    return this.#restart(this.publicUrl());
  }

  /** Proves again that the public URL leads here. @throws ProblemError when there is none to prove. */
  async prove(): Promise<Tunnel> {
    if (this.#run === null) {
      throw this.#choice.kind === 'off'
        ? refusal(
            'There is no public URL to prove.',
            'Turn ngrok on, or give the https address of your own tunnel or proxy.',
          )
        : refusal('Patchbay does not listen, so there is nothing to prove.', 'Start it first.');
    }
    await this.#run.attempt();
    return this.current();
  }

  /** The listener is up at this port: the chosen tunnel is opened in the background. */
  start(webhookPort: number): void {
    if (this.#port !== null) return;
    this.#port = webhookPort;
    void this.#begin(null);
    this.#tell();
  }

  async stop(): Promise<void> {
    this.#port = null;
    this.#outage.end();
    const run = this.#run;
    this.#run = null;
    await run?.stop();
  }

  /** Each time the state or the URL changes. @returns the way to unsubscribe. */
  onChange(listener: (tunnel: Tunnel) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Plain sentences, like a tunnel that is lost. */
  warnings(): string[] {
    if (this.#run?.isWorthAWarning() !== true) return [];
    const { publicUrl, problem } = this.current();
    const where = publicUrl === null ? '' : ` at ${publicUrl}`;
    return [`Callers may not reach Patchbay${where}. ${problem?.says ?? ''} ${problem?.remedy ?? ''}`.trim()];
  }

  /** Without a run: what is known before the listener is up, and after it is gone. */
  #atRest(): TunnelStatus {
    const publicUrl = this.#choice.kind === 'own' ? this.#choice.url : null;
    return { state: 'off', publicUrl, proof: null, problem: null, nextTryAt: null };
  }

  async #restart(lastUrl: string | null): Promise<Tunnel> {
    const before = this.#run;
    this.#run = null;
    this.#outage.end();
    // First, since a free ngrok account may hold one session alone.
    await before?.stop();
    // Meanwhile another choice may have begun, or everything stopped.
    if (this.#run === null) await this.#begin(lastUrl);
    this.#tell();
    return this.current();
  }

  async #begin(lastUrl: string | null): Promise<void> {
    const choice = this.#choice;
    if (this.#port === null || choice.kind === 'off') return;
    const { tunnels, proofs, clock, vault } = this.#deps;
    const run: TunnelRun = new TunnelRun({
      choice,
      port: this.#port,
      tunnels,
      token: () => vault.get('NGROK_AUTHTOKEN'),
      proofs,
      clock,
      lastUrl,
      onChange: () => {
        if (run === this.#run) this.#changed();
      },
    });
    this.#run = run;
    this.#tell();
    await run.attempt();
  }

  #changed(): void {
    const { logger, notifier } = this.#deps;
    const { state, publicUrl, problem } = this.current();
    if (state === 'online') {
      if (publicUrl !== null) this.#remember(publicUrl);
      if (this.#outage.isToldOf) {
        notifier.notify({ title: 'Callers reach Patchbay again', body: `${publicUrl} leads here.` });
      }
      if (!this.#outage.isOnline) logger.info('The public URL leads here', { publicUrl });
      this.#outage.online();
    } else if (state !== 'connecting') {
      this.#outage.began({
        first: () => logger.warn('The public URL does not lead here', { publicUrl, problem: problem?.says }),
        lasts: () =>
          notifier.notify({
            title: 'Callers may not reach Patchbay',
            body: this.current().problem?.says ?? 'The tunnel is lost.',
          }),
      });
    }
    this.#tell();
  }

  #remember(origin: string): void {
    const { settings, clock, logger } = this.#deps;
    const now = clock.now();
    this.#provenOrigins = withProven(this.#provenOrigins, origin, now);
    try {
      settings.set('provenOrigins', this.#provenOrigins, now);
    } catch (thrown) {
      // It counts for this process all the same, and the next proof notes it again.
      logger.warn('The proven public URL could not be noted', { problem: messageOf(thrown) });
    }
  }

  #tell(): void {
    const tunnel = this.current();
    const text = JSON.stringify(tunnel);
    if (text === this.#told) return;
    this.#told = text;
    for (const listener of this.#listeners) {
      try {
        listener(tunnel);
      } catch (thrown) {
        this.#deps.logger.error('A change of the tunnel could not be passed on', {
          problem: messageOf(thrown),
        });
      }
    }
  }
}

/** What was chosen on the rehearsal line may be of no use to Twilio itself. */
function rememberedChoice({ settings, twilioIsHere, logger }: TunnelServiceDeps): TunnelChoice {
  try {
    return checkedChoice(settings.get('tunnel') ?? { kind: 'off' }, twilioIsHere);
  } catch (thrown) {
    logger.warn('The public URL of before can’t be used', { problem: messageOf(thrown) });
    return { kind: 'off' };
  }
}

/** Logs an outage once; and when the URL had been online, and is not soon back, the operator is told once. */
class Outage {
  isOnline = false;
  isToldOf = false;
  #hasBegun = false;
  #wasOnline = false;
  #timer: NodeJS.Timeout | undefined;

  online(): void {
    this.end();
    this.isOnline = true;
    this.#wasOnline = true;
  }

  began(steps: { first: () => void; lasts: () => void }): void {
    this.isOnline = false;
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    steps.first();
    if (!this.#wasOnline) return;
    this.#timer = setTimeout(() => {
      this.isToldOf = true;
      steps.lasts();
    }, noticeAfterMs);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.isOnline = false;
    this.isToldOf = false;
    this.#hasBegun = false;
    this.#wasOnline = false;
  }
}
