/** What becomes of an open tunnel: its connection is lost, is back (perhaps at another URL), or is gone for good. */
export type TunnelChange =
  | { state: 'reconnecting' }
  | { state: 'online'; url: string }
  | { state: 'closed'; error: Error | null };

/** What a tunnel is opened with. */
export interface TunnelRequest {
  /** The webhook listener's port on this machine. */
  port: number;
  /** Empty where the opener needs none. */
  authToken: string;
  /** Undefined: the account's free one. */
  domain: string | undefined;
  /** Aborted: nobody waits for the tunnel any more; what still opens is closed again. */
  signal: AbortSignal;
  onChange(change: TunnelChange): void;
}

export interface OpenTunnel {
  /** The https origin. */
  url: string;
  /** Never rejects, and takes a second at most. */
  close(): Promise<void>;
}

/** Opens an ngrok tunnel in this process. */
export interface TunnelOpener {
  /** Whether it wants the operator's ngrok authtoken. */
  readonly needsToken: boolean;
  /** @throws TunnelError with ngrok's error code, within bounded time. */
  open(request: TunnelRequest): Promise<OpenTunnel>;
}
