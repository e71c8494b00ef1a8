/** What a tunnel is opened with. */
export interface TunnelRequest {
  /** The webhook listener's port on this machine. */
  port: number;
  authToken: string;
  domain: string | undefined;
  /** Called when the connection is lost, when it is back, and when it is gone for good. */
  onChange(change: { state: 'reconnecting' | 'online' } | { state: 'closed'; error: Error | null }): void;
}

export interface OpenTunnel {
  /** The https origin. */
  url: string;
  close(): Promise<void>;
}

/** Opens an ngrok tunnel in this process. @throws TunnelError with ngrok's error code. */
export interface TunnelOpener {
  open(request: TunnelRequest): Promise<OpenTunnel>;
}
