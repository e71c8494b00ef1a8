/** A request to a page that an account hosts at Twilio, as it arrives there. */
export interface HostedRequest {
  /** As it was signed: https, with its query, without a fragment. */
  url: string;
  method: 'GET' | 'POST';
  /** The form of the body. */
  params: Readonly<Record<string, string>>;
  /** `X-Twilio-Signature`, when there was one. */
  signature: string | undefined;
}

export interface HostedAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** What answers under https://….twil.io: the Functions of an account. Twilio's own servers, so they are up when Patchbay is not. */
export interface HostedPages {
  answer(request: HostedRequest): Promise<HostedAnswer>;
}

/** Whether a host is one of those under which Twilio serves an account's own pages. */
export function isHosted(host: string): boolean {
  return host.toLowerCase().endsWith('.twil.io');
}
