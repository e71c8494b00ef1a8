import type { RequestOptions } from 'twilio/lib/base/RequestClient.js';
import { z } from 'zod';
import { messageOf, TwilioRequestError } from '../errors.ts';
import type { TextSender, Vault } from '../ports.ts';

export interface TextSenderDeps {
  /** Holds TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. */
  vault: Vault;
  /** Sends each request to `<apiUrl>/<subdomain>/<path>` instead of `https://<subdomain>.twilio.com/<path>`. */
  apiUrl?: string;
}

/** A caller waits on the line while the text is sent. */
const timeoutMs = 8_000;

const twilioHost = /^https:\/\/([a-z-]+)(?:\.[a-z0-9.-]+)?\.twilio\.com/;

/** What the package throws for an answer of Twilio's that is an error. */
const restError = z.object({
  status: z.number().optional(),
  code: z.number().optional(),
  message: z.string(),
});

/** Sends texts with the twilio package, which is loaded with the first one: it costs 23 MB that most calls do not need. */
export function createTextSender({ vault, apiUrl }: TextSenderDeps): TextSender {
  return {
    async send({ from, to, body }) {
      const accountSid = vault.get('TWILIO_ACCOUNT_SID');
      const authToken = vault.get('TWILIO_AUTH_TOKEN');
      if (!accountSid || !authToken) {
        throw new TwilioRequestError('no Twilio account is connected', { retryable: false });
      }
      const { default: twilio } = await import('twilio');
      const { default: RequestClient } = await import('twilio/lib/base/RequestClient.js');
      class Client extends RequestClient {
        override request<T>(options: RequestOptions<T>) {
          const uri = apiUrl === undefined ? options.uri : options.uri.replace(twilioHost, `${apiUrl}/$1`);
          return super.request<T>({ ...options, uri });
        }
      }
      const client = twilio(accountSid, authToken, { httpClient: new Client({ timeout: timeoutMs }) });
      try {
        const { sid } = await client.messages.create({ from, to, body });
        return { sid };
      } catch (thrown) {
        throw asRequestError(thrown);
      }
    },
  };
}

function asRequestError(thrown: unknown): TwilioRequestError {
  const { data } = restError.safeParse(thrown);
  const status = data?.status;
  const retryable = status === undefined || status === 429 || status >= 500;
  const said = data?.code === undefined ? messageOf(thrown) : `Twilio error ${data.code}: ${data.message}`;
  return new TwilioRequestError(said, { status, code: data?.code, retryable }, { cause: thrown });
}
