import type { Twilio } from 'twilio';

/** Whose account a request is made with. */
export interface TwilioCredentials {
  accountSid: string;
  authToken: string;
}

/** A file for Serverless, which the twilio package does not upload. */
export interface FunctionUpload {
  serviceSid: string;
  functionSid: string;
  /** Where it answers on the service's domain, like "/answer". */
  path: string;
  /** "protected": only requests that Twilio signed get through. */
  visibility: 'public' | 'protected';
  /** JavaScript, CommonJS, as Twilio Functions want it. */
  content: string;
}

export interface HostedAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** A file that the account holds at Twilio. */
export interface Media {
  /** Without parameters, in lower case, like "audio/mpeg". */
  contentType: string;
  bytes: Buffer;
}

/**
 * The operator's account over Twilio's REST API: one way in, so that every request has the same time-out, the same
 * retries and the same words for what went wrong. Every method @throws TwilioRequestError.
 */
export interface TwilioRest {
  /**
   * Asks with the account of the vault, or with `credentials`. 429 and 5xx are retried with jittered back-off, but nothing
   * that Twilio may have carried out already is asked twice: never a second call, text or resource.
   */
  ask<T>(question: (client: Twilio) => Promise<T>, credentials?: TwilioCredentials): Promise<T>;
  /** Uploads the content of a Function as a new version. */
  uploadFunction(upload: FunctionUpload): Promise<{ sid: string }>;
  /** POSTs to a page that the account hosts at Twilio (https://….twil.io/…), signed as Twilio's own requests are. */
  fetchHosted(url: string, params: Readonly<Record<string, string>>): Promise<HostedAnswer>;
  /**
   * Fetches a file of the account's, like a recording. Also @throws UnusableMediaError for what can't be kept, RangeError for
   * an address that is none of Twilio's API.
   */
  fetchMedia(url: string): Promise<Media>;
}
