import type { Listener, Session } from '@ngrok/ngrok';
import { messageOf } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { ngrokError } from './ngrok-errors.ts';
import { TunnelError } from './tunnel-error.ts';
import type { OpenTunnel, TunnelOpener, TunnelRequest } from './tunnel-opener.ts';

type Ngrok = Pick<typeof import('@ngrok/ngrok'), 'SessionBuilder'>;

/** What the opener stands on; tests bring their own. */
export interface NgrokTunnelsOptions {
  /** "host:port" of ngrok's service; by default ngrok's own. */
  serverAddr?: string;
  /** How long an opening may take in all. */
  timeoutMs?: number;
  load?: () => Promise<Ngrok>;
}

const openTimeoutMs = 30_000;

/** How long a close waits for ngrok to confirm; the connection ends with this process anyway. */
const closeTimeoutMs = 800;

/** ngrok's own SDK, loaded when the first tunnel is opened: it is native code that most starts need not have. */
export function createNgrokTunnels(options: NgrokTunnelsOptions = {}): TunnelOpener {
  const load = options.load ?? (() => import('@ngrok/ngrok'));
  return {
    needsToken: true,
    async open(request) {
      const ngrok = await load().catch(() => {
        throw notInstalled();
      });
      const connection = new NgrokConnection(request);
      if (request.signal.aborted) throw connection.asTunnelError(cancelled());
      const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
      const onAbort = () => giveUp(cancelled());
      request.signal.addEventListener('abort', onAbort, { once: true });
      const deadline = setTimeout(() => giveUp(new Error('timed out')), options.timeoutMs ?? openTimeoutMs);
      try {
        return await Promise.race([connection.open(ngrok, options.serverAddr), given]);
      } catch (thrown) {
        // ngrok's opening can't be cancelled, and holds a process that does not exit by itself: what still comes of it
        // is closed.
        void connection.close();
        throw connection.asTunnelError(thrown);
      } finally {
        clearTimeout(deadline);
        request.signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

/** One session with ngrok and the listener on it. */
class NgrokConnection {
  readonly #request: TunnelRequest;
  #session: Session | null = null;
  #listener: Listener | null = null;
  #isOpen = false;
  #isClosed = false;
  #isLost = false;

  constructor(request: TunnelRequest) {
    this.#request = request;
  }

  async open(ngrok: Ngrok, serverAddr: string | undefined): Promise<OpenTunnel> {
    const { authToken, domain, port } = this.#request;
    const builder = new ngrok.SessionBuilder();
    builder.authtoken(authToken);
    if (serverAddr !== undefined) builder.serverAddr(serverAddr);
    builder.handleDisconnection((_address, error) => this.#disconnected(error));
    builder.handleHeartbeat((latency) => this.#heard(latency));
    builder.handleStopCommand(() => this.#end(stoppedAtNgrok()));
    const session = await builder.connect();
    this.#session = session;
    if (this.#isClosed) {
      await endSession(session);
      throw cancelled();
    }

    const endpoint = session.httpEndpoint();
    if (domain !== undefined) endpoint.domain(domain);
    this.#listener = await endpoint.listenAndForward(`http://127.0.0.1:${port}`);
    const url = this.#listener.url();
    if (url === null) throw new Error('ngrok gave the tunnel no address');
    this.#isOpen = true;
    return { url, close: () => this.close() };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#session !== null) await endSession(this.#session);
  }

  asTunnelError(thrown: unknown): TunnelError {
    return thrown instanceof TunnelError ? thrown : ngrokError(messageOf(thrown), [this.#request.authToken]);
  }

  /** Called before each new attempt of the SDK to connect. @returns true: false would end in an uncaught error. */
  #disconnected(error: string): boolean {
    if (!this.#isOpen || this.#isClosed) return true;
    const problem = this.asTunnelError(error);
    if (!problem.retryable) this.#end(problem);
    else if (!this.#isLost) {
      this.#isLost = true;
      this.#request.onChange({ state: 'reconnecting' });
    }
    return true;
  }

  /** @param latency null when a heartbeat was not answered. */
  #heard(latency: number | null): void {
    if (latency === null || !this.#isLost || this.#isClosed) return;
    this.#isLost = false;
    this.#request.onChange({ state: 'online', url: this.#listener?.url() ?? '' });
  }

  #end(error: TunnelError): void {
    if (!this.#isOpen || this.#isClosed) return;
    void this.close();
    this.#request.onChange({ state: 'closed', error });
  }
}

/** Ends the agent's session too: a listener alone would keep it, and a free account has few. */
async function endSession(session: Session): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs).unref();
  });
  await Promise.race([session.close().catch(() => {}), patience]);
  clearTimeout(timer);
}

function cancelled(): Error {
  return new Error('the opening was cancelled');
}

function notInstalled(): TunnelError {
  return new TunnelError({
    code: null,
    problem: plainProblem(
      `ngrok’s software for this system (${process.platform}, ${process.arch}) is not installed.`,
      'Install Patchbay again with its optional packages (npm ci), or use your own tunnel or proxy in place of ngrok.',
    ),
    retryable: false,
  });
}

function stoppedAtNgrok(): TunnelError {
  return new TunnelError({
    code: null,
    problem: plainProblem(
      'The tunnel was stopped from ngrok’s dashboard.',
      'Try again here when it should be open.',
      'https://dashboard.ngrok.com/agents',
    ),
    retryable: false,
  });
}
