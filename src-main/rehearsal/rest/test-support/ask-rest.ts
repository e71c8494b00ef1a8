import type { RehearsalAccount } from '../rehearsal-account-state.ts';
import { RestServer, type RestServerOptions } from '../rest-server.ts';

export interface AskOptions {
  /** Default: GET, or POST where there is a form. */
  method?: string;
  form?: Record<string, string>;
  sid?: string;
  token?: string;
}

export interface AskedRest extends AsyncDisposable {
  /** Asks with the account's own credentials unless told otherwise. `path` begins with the subdomain. */
  ask(path: string, options?: AskOptions): Promise<{ status: number; headers: Headers; json: Answer }>;
}

export type Answer = Record<string, unknown>;

/** The REST side, asked without the twilio package and without retries. */
export async function askedRest(
  account: RehearsalAccount,
  options: RestServerOptions = {},
): Promise<AskedRest> {
  const server = new RestServer(account, options);
  const { apiUrl } = await server.start();
  return {
    async ask(path, { form, method = form === undefined ? 'GET' : 'POST', sid, token } = {}) {
      const response = await fetch(`${apiUrl}/${path}`, {
        method,
        headers: { Authorization: `Basic ${btoa(`${sid ?? account.sid}:${token ?? account.authToken}`)}` },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      });
      const text = await response.text();
      const json = text.startsWith('{') ? (JSON.parse(text) as Answer) : {};
      return { status: response.status, headers: response.headers, json };
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
