import type { RehearsalAccount } from '../rehearsal-account-state.ts';
import { type ExchangeCheck, RestServer } from '../rest-server.ts';
import { openApiCheck } from './openapi-check.ts';

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

/**
 * The REST side, asked without the twilio package and without retries. What is asked need not be what Twilio describes;
 * each answer is held against it, and stopping throws when one is not.
 */
export async function askedRest(account: RehearsalAccount): Promise<AskedRest> {
  const described = openApiCheck();
  const check: ExchangeCheck | undefined = described && {
    request: () => [],
    answer: (request, answer) => described.answer(request, answer),
  };
  const server = new RestServer(account, { check });
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
    async [Symbol.asyncDispose]() {
      await server.stop();
      described?.throwIfViolated();
    },
  };
}
