import type { Problem } from '../../../src-preload/contract/problem.ts';
import type { OriginProof, Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { messageOf } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock } from '../ports.ts';
import { asProblem } from '../twilio/error-catalogue.ts';
import { waitBeforeTry } from './back-off.ts';
import { ngrokTokenPage } from './ngrok-errors.ts';
import type { OriginProofs } from './origin-proofs.ts';
import { TunnelError } from './tunnel-error.ts';
import type { OpenTunnel, TunnelChange, TunnelOpener } from './tunnel-opener.ts';

export interface TunnelRunDeps {
  choice: Exclude<TunnelChoice, { kind: 'off' }>;
  /** The webhook listener's. */
  port: number;
  tunnels: TunnelOpener;
  /** ngrok's authtoken, if there is one. */
  token: () => string | undefined;
  proofs: Pick<OriginProofs, 'prove'>;
  clock: Clock;
  /** The URL of the run before this one, until there is a new one: numbers still point at it. */
  lastUrl: string | null;
  onChange: (status: TunnelStatus) => void;
}

export type TunnelStatus = Pick<Tunnel, 'state' | 'publicUrl' | 'proof' | 'problem' | 'nextTryAt'>;

/**
 * How often a public URL is proven again while it is online. ngrok tells by itself when its connection is lost, and
 * counts the requests: a free account has 20,000 a month (https://ngrok.com/docs/pricing-limits/free-plan-limits).
 */
const reproveEveryMs = { own: 5 * 60_000, ngrok: 20 * 60_000 };

/** After so many failures in a row a lost URL counts as failed, and an ngrok tunnel is opened anew. */
const patience = 3;

/** When ngrok's own reconnecting has brought nothing for so long, Patchbay looks for itself. */
const reconnectPatienceMs = 60_000;

/** One choice in force: it is brought online, proven, kept so, and tried again for as long as it takes. */
export class TunnelRun {
  readonly #deps: TunnelRunDeps;
  readonly #stopping = new AbortController();
  #status: TunnelStatus;
  #tunnel: OpenTunnel | null = null;
  /** Tells the changes of the tunnel that is open from those of one before it. */
  #opening = 0;
  #provenUrl: string | null = null;
  #failures = 0;
  #working: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: TunnelRunDeps) {
    this.#deps = deps;
    const publicUrl = deps.choice.kind === 'own' ? deps.choice.url : deps.lastUrl;
    this.#status = { state: 'connecting', publicUrl, proof: null, problem: null, nextTryAt: null };
  }

  status(): TunnelStatus {
    return this.#status;
  }

  /** The public URL once it is proven, while it is online or only lost for a moment. */
  provenOrigin(): string | null {
    const { state, publicUrl } = this.#status;
    const holds = (state === 'online' || state === 'reconnecting') && publicUrl === this.#provenUrl;
    return holds ? publicUrl : null;
  }

  /** False while the first tries of a few seconds are under way: a tunnel or proxy may start a moment after Patchbay. */
  isWorthAWarning(): boolean {
    const { state, nextTryAt } = this.#status;
    if (state !== 'failed' && state !== 'reconnecting') return false;
    return nextTryAt === null || this.#failures >= patience;
  }

  /**
   * Opens and proves, now; one that is under way is joined.
   * @returns when it is settled whether it is online. Never rejects.
   */
  attempt(): Promise<void> {
    this.#working ??= this.#attempt().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  /** Closes the tunnel. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#drop();
  }

  async #attempt(): Promise<void> {
    clearTimeout(this.#timer);
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    try {
      const url = await this.#reach();
      if (signal.aborted) return;
      const proof = await this.#deps.proofs.prove(url, signal);
      if (!signal.aborted) this.#judge(url, proof);
    } catch (thrown) {
      if (!signal.aborted)
        this.#failed(inWords(thrown), !(thrown instanceof TunnelError) || thrown.retryable);
    }
  }

  /** @returns the public URL, the tunnel to it open. @throws TunnelError. */
  async #reach(): Promise<string> {
    const { choice, tunnels, port } = this.#deps;
    if (choice.kind === 'own') return choice.url;
    if (this.#tunnel !== null) return this.#tunnel.url;
    const authToken = tunnels.needsToken ? (this.#deps.token() ?? '') : '';
    if (tunnels.needsToken && authToken === '') throw tokenMissing();
    const { signal } = this.#stopping;
    const opening = ++this.#opening;
    const onChange = (change: TunnelChange) => {
      if (opening === this.#opening && !signal.aborted) this.#tunnelChanged(change);
    };
    const tunnel = await tunnels.open({ port, authToken, domain: choice.domain, signal, onChange });
    if (signal.aborted || opening !== this.#opening) await tunnel.close();
    else this.#tunnel = tunnel;
    return tunnel.url;
  }

  #tunnelChanged(change: TunnelChange): void {
    if (change.state === 'closed') {
      this.#forget();
      const error = change.error ?? new Error('ngrok closed the tunnel');
      this.#failed(inWords(error), !(error instanceof TunnelError) || error.retryable);
      return;
    }
    if (change.state === 'online') {
      if (this.#tunnel !== null && change.url !== '') this.#tunnel.url = change.url;
      void this.attempt();
      return;
    }
    const state = this.#provenUrl === null ? 'connecting' : 'reconnecting';
    this.#set({ state, problem: lostForNow, nextTryAt: null });
    this.#attemptIn(reconnectPatienceMs);
  }

  #judge(publicUrl: string, proof: OriginProof): void {
    if (proof.http && proof.webSocket) {
      this.#failures = 0;
      this.#provenUrl = publicUrl;
      this.#set({ state: 'online', publicUrl, proof, problem: null, nextTryAt: null });
      this.#attemptIn(reproveEveryMs[this.#deps.choice.kind]);
      return;
    }
    this.#set({ publicUrl, proof });
    this.#failed(this.#notProven(proof), true);
    if (this.#tunnel !== null && this.#failures % patience === 0) void this.#drop();
  }

  #failed(problem: Problem, retryable: boolean): void {
    this.#failures++;
    const wasProven = this.#provenUrl !== null && this.#provenUrl === this.#status.publicUrl;
    const state = retryable && wasProven && this.#failures < patience ? 'reconnecting' : 'failed';
    const wait = retryable ? waitBeforeTry(this.#failures) : null;
    const nextTryAt = wait === null ? null : this.#deps.clock.now() + wait;
    this.#set({ state, problem, nextTryAt });
    if (wait === null) clearTimeout(this.#timer);
    else this.#attemptIn(wait);
  }

  #attemptIn(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => void this.attempt(), waitMs);
    this.#timer.unref();
  }

  /** @returns the tunnel that was open; what it still tells is not listened to. */
  #forget(): OpenTunnel | null {
    const tunnel = this.#tunnel;
    this.#tunnel = null;
    this.#opening++;
    return tunnel;
  }

  async #drop(): Promise<void> {
    await this.#forget()
      ?.close()
      .catch(() => {});
  }

  #set(change: Partial<TunnelStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#deps.onChange(this.#status);
  }

  #notProven(proof: OriginProof): Problem {
    const { choice, port } = this.#deps;
    const remedy =
      choice.kind === 'own'
        ? `Let the proxy or tunnel pass every request, WebSockets too, on to http://127.0.0.1:${port}. Patchbay keeps trying.`
        : 'Patchbay keeps trying, and opens the tunnel anew when that brings nothing.';
    return plainProblem(proof.says ?? 'The public URL is not proven to lead here.', remedy);
  }
}

const lostForNow: Problem = plainProblem(
  'The connection to ngrok is lost.',
  'It comes back by itself once the internet does.',
);

function tokenMissing(): TunnelError {
  return new TunnelError({
    code: null,
    problem: plainProblem(
      'ngrok wants an authtoken, and Patchbay has none.',
      'Copy it from your ngrok dashboard and give it to Patchbay (headless: NGROK_AUTHTOKEN).',
      ngrokTokenPage,
    ),
    retryable: false,
  });
}

function inWords(thrown: unknown): Problem {
  if (thrown instanceof TunnelError) return thrown.problem;
  return (
    asProblem(thrown) ??
    plainProblem(`The tunnel could not be opened: ${messageOf(thrown)}.`, 'Patchbay keeps trying.')
  );
}
