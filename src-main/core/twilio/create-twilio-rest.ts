import type { Twilio } from 'twilio';
import { TwilioRequestError } from '../errors.ts';
import type { Vault } from '../ports.ts';
import { fetchMedia } from './fetch-media.ts';
import { uploadFunction } from './function-upload.ts';
import { fetchHosted } from './hosted-page.ts';
import { createHttpClient } from './http-client.ts';
import { realWaiting, type Waiting } from './persist.ts';
import type { TwilioCredentials, TwilioRest } from './twilio-rest.ts';

export interface TwilioRestDeps {
  /** Holds TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. */
  vault: Vault;
  /**
   * What takes the place of Twilio's servers, or null: `<apiUrl>/<subdomain>/<path>` for `https://<subdomain>.twilio.com/<path>`,
   * and `<apiUrl>/<host>/<path>` for a page that the account hosts, `https://<host>/<path>` with a host in twil.io.
   */
  apiUrl: () => string | null;
  /** Time and chance; tests bring their own. */
  waiting?: Waiting;
}

/** Clients kept for credentials that were used last: the account's, and now and then a subaccount's. */
const clientsKept = 4;

/** The account over the twilio package, which is loaded with the first request: it costs 23 MB that most calls do not need. */
export function createTwilioRest({ vault, apiUrl, waiting = realWaiting }: TwilioRestDeps): TwilioRest {
  const clients = new Map<string, Twilio>();
  let makers: ReturnType<typeof loadMakers> | undefined;

  async function loadMakers() {
    const [{ default: twilio }, { default: RequestClient }] = await Promise.all([
      import('twilio'),
      import('twilio/lib/base/RequestClient.js'),
    ]);
    return { twilio, httpClient: createHttpClient(RequestClient, { apiUrl, waiting }) };
  }

  const clientFor = async ({ accountSid, authToken }: TwilioCredentials): Promise<Twilio> => {
    const key = `${accountSid}:${authToken}`;
    const kept = clients.get(key);
    makers ??= loadMakers();
    const { twilio, httpClient } = await makers.catch((thrown: unknown) => {
      makers = undefined;
      throw thrown;
    });
    const client = kept ?? twilio(accountSid, authToken, { httpClient });
    // The one used last stands last; after a token was rotated the old one's client is forgotten soon.
    clients.delete(key);
    clients.set(key, client);
    for (const [oldest] of clients) {
      if (clients.size <= clientsKept) break;
      clients.delete(oldest);
    }
    return client;
  };

  return {
    async ask(question, credentials = credentialsIn(vault)) {
      return question(await clientFor(checked(credentials)));
    },
    async uploadFunction(upload) {
      return uploadFunction(upload, checked(credentialsIn(vault)), { apiUrl: apiUrl(), waiting });
    },
    async fetchHosted(url, params) {
      const { authToken } = credentialsIn(vault);
      const askedWith = (token: string) =>
        fetchHosted(url, params, { authToken: token, apiUrl: apiUrl(), waiting });
      const answer = await askedWith(authToken);
      // While the token is rotated Twilio may still check with the one before.
      const previous = answer.status === 403 ? vault.get('TWILIO_AUTH_TOKEN_PREVIOUS') : undefined;
      return previous && previous !== authToken ? askedWith(previous) : answer;
    },
    async fetchMedia(url) {
      return fetchMedia(url, checked(credentialsIn(vault)), { apiUrl: apiUrl(), waiting });
    },
  };
}

/** Read anew for each request, so that a rotated token is in force at once. */
function credentialsIn(vault: Vault): TwilioCredentials {
  const accountSid = vault.get('TWILIO_ACCOUNT_SID');
  const authToken = vault.get('TWILIO_AUTH_TOKEN');
  if (!accountSid || !authToken) {
    throw new TwilioRequestError('no Twilio account is connected', { kind: 'no-account', retryable: false });
  }
  return { accountSid, authToken };
}

/** The package takes account SIDs only, and an empty token from the environment. */
function checked(credentials: TwilioCredentials): TwilioCredentials {
  if (!/^AC\w+$/.test(credentials.accountSid) || credentials.authToken === '') {
    throw new TwilioRequestError('these are not the credentials of a Twilio account', {
      kind: 'not-an-account',
      retryable: false,
    });
  }
  return credentials;
}
