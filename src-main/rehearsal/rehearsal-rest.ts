import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A text that Patchbay sent. */
export interface SentText {
  sid: string;
  from: string;
  to: string;
  body: string;
}

/** Twilio's test number for "the To number is not valid" (Twilio, "Test credentials"). */
const invalidTestNumber = '+15005550001';

const maxBodyBytes = 64 * 1024;

interface TwilioAnswer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Twilio's REST API as far as Patchbay uses it today: sending texts. It listens on loopback only, checks the
 * account's credentials, and delivers nothing to anybody.
 */
export class RehearsalRest {
  readonly #account: { sid: string; authToken: string };
  readonly #onText: (text: SentText) => void;
  readonly #refused = new Map<string, number>([[invalidTestNumber, 21211]]);
  #server: Server | undefined;

  constructor(account: { sid: string; authToken: string }, onText: (text: SentText) => void) {
    this.#account = account;
    this.#onText = onText;
  }

  /** From now on a text to this number fails with this Twilio error. */
  refuseTextsTo(number: string, code: number): void {
    this.#refused.set(number, code);
  }

  /** @returns the address to put in front of `<subdomain>/<path>`. */
  async start(): Promise<{ apiUrl: string }> {
    const server = createServer((request, response) => {
      this.#answer(request).then(
        (answer) => send(response, answer),
        () => send(response, twilioError(400, 20001, 'The request could not be read')),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#server = server;
    return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage): Promise<TwilioAnswer> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const { sid, authToken } = this.#account;
    const expected = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
    const body = await readBody(request);
    if (request.headers.authorization !== expected) {
      return twilioError(401, 20003, 'Authenticate');
    }
    if (path !== `/api/2010-04-01/Accounts/${sid}/Messages.json` || request.method !== 'POST') {
      return twilioError(404, 20404, `The requested resource ${path} was not found`);
    }
    return this.#sendText(new URLSearchParams(body));
  }

  #sendText(params: URLSearchParams): TwilioAnswer {
    const from = params.get('From') ?? '';
    const to = params.get('To') ?? '';
    const body = params.get('Body') ?? '';
    if (to === '') return twilioError(400, 21604, "A 'To' phone number is required.");
    if (from === '') return twilioError(400, 21603, "A 'From' phone number is required.");
    if (body === '') return twilioError(400, 21602, 'Message body is required.');
    if (body.length > 1600)
      return twilioError(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return twilioError(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    const refusal = this.#refused.get(to);
    if (refusal !== undefined) return twilioError(400, refusal, `The message to ${to} can't be sent`);
    const text: SentText = { sid: `SM${randomBytes(16).toString('hex')}`, from, to, body };
    this.#onText(text);
    return {
      status: 201,
      body: {
        account_sid: this.#account.sid,
        api_version: '2010-04-01',
        body,
        date_created: new Date().toUTCString(),
        date_sent: null,
        date_updated: new Date().toUTCString(),
        direction: 'outbound-api',
        error_code: null,
        error_message: null,
        from,
        messaging_service_sid: null,
        num_media: '0',
        num_segments: String(Math.ceil(body.length / 153)),
        price: null,
        price_unit: 'USD',
        sid: text.sid,
        status: 'queued',
        subresource_uris: {},
        to,
        uri: `/2010-04-01/Accounts/${this.#account.sid}/Messages/${text.sid}.json`,
      },
    };
  }
}

function twilioError(status: number, code: number, message: string): TwilioAnswer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

function send(response: ServerResponse, { status, body }: TwilioAnswer): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
