import type { IncomingHttpHeaders } from 'node:http';
import type { RehearsalAccount } from './rehearsal-account-state.ts';

/** A request to the REST side, taken apart. */
export interface RestRequest {
  method: string;
  /** What stands for the host: "api", "trusthub" … of twilio.com, or a whole host that ends in .twil.io. */
  subdomain: string;
  /** Without the query; as it was sent, so escapes are still in it. */
  path: string;
  /** What the pattern's `{Name}`s stand for, unescaped. */
  pathParams: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The form of the body; empty where the body is none. */
  form: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body as it came, for multipart and JSON. */
  raw: Buffer;
  /** Whose credentials the request has. For a page that an account hosts: the main account. */
  caller: RehearsalAccount;
  /** The account that the path names by `{AccountSid}`, else the caller's. */
  account: RehearsalAccount;
}

export interface RestAnswer {
  status: number;
  /** An object is sent as JSON, a string or bytes as they are, null as nothing. */
  body: object | string | Buffer | null;
  /** Of a string or bytes. */
  contentType?: string;
}

/** One operation of Twilio's API. */
export interface Route {
  subdomain: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in Twilio's OpenAPI files, like "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json". */
  pattern: string;
  handle(request: RestRequest): RestAnswer | Promise<RestAnswer>;
}

/** A failure in Twilio's shape. */
export function twilioError(status: number, code: number, message: string): RestAnswer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

/** What Twilio says of a resource that is not there. */
export function notFound(path: string): RestAnswer {
  return twilioError(404, 20404, `The requested resource ${path} was not found`);
}
