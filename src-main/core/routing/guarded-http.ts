import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { messageOf, OutboundError } from '../errors.ts';
import type { OutboundAnswer, OutboundHttp } from '../ports.ts';
import { isPublicAddress, refusalOf } from './public-address.ts';

/** What the guarded client stands on; tests bring their own resolver, certificate authority and policy. */
export interface GuardedHttpDeps {
  /** Resolves a host name to all its addresses, as `dns.lookup` does with `all: true`. */
  lookup?: (
    hostname: string,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ) => void;
  tls?: { ca?: string };
  /** Whether a connection may go to this address. */
  isAllowed?: (address: string) => boolean;
}

type PostOptions = Parameters<OutboundHttp['postJson']>[2];

/**
 * The production form of OutboundHttp. A request resolves its host name once, and only when every address found is
 * allowed does it connect, to one of these: a name that answers differently the next time (DNS rebinding) gains nothing.
 * Every request has its own connection, follows no redirect and asks no proxy.
 */
export function createGuardedHttp(deps: GuardedHttpDeps = {}): OutboundHttp {
  const isAllowed = deps.isAllowed ?? isPublicAddress;
  const lookup = guardedLookup(deps.lookup ?? lookupAll, isAllowed);

  return {
    async postJson(url, body, options) {
      const refusal = refusalOf(url);
      if (refusal !== null) throw new OutboundError('refused-address', `its address ${refusal}`);
      const agent = new Agent({
        keepAlive: false,
        ...(deps.tls?.ca === undefined ? {} : { ca: deps.tls.ca }),
      });
      try {
        return await post(url, body, options, { agent, lookup, isAllowed });
      } finally {
        agent.destroy();
      }
    },
  };
}

interface Guard {
  agent: Agent;
  lookup: LookupFunction;
  isAllowed: (address: string) => boolean;
}

function post(url: string, body: string, options: PostOptions, guard: Guard): Promise<OutboundAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OutboundAnswer>();
  const request = httpsRequest(url, {
    method: 'POST',
    agent: guard.agent,
    lookup: guard.lookup,
    headers: {
      'user-agent': 'Patchbay',
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...options.headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const fail = (error: unknown): void => {
    reject(asOutboundError(error));
    request.destroy();
  };
  // One deadline for everything: resolving, connecting, TLS, headers and body.
  const deadline = setTimeout(
    () => fail(new OutboundError('timeout', `it did not answer within ${inSeconds(options.timeoutMs)}`)),
    options.timeoutMs,
  );
  request.on('error', fail);
  let answered = false;
  request.on('close', () => {
    if (!answered) fail(new OutboundError('unreachable', 'it closed the connection without an answer'));
  });
  request.on('socket', (socket) => {
    // The second net: the address of the connection itself, before anything of the request is sent.
    socket.once('connect', () => {
      const address = socket.remoteAddress ?? '';
      if (!guard.isAllowed(address)) fail(refusedAddress());
    });
  });
  request.on('response', (response) => {
    answered = true;
    readBody(response, options.maxBytes).then(
      (text) => resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body: text }),
      fail,
    );
  });
  request.end(body);
  return promise.finally(() => {
    clearTimeout(deadline);
    request.destroy();
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = new OutboundError(
    'too-large',
    `its answer is larger than ${Math.floor(maxBytes / 1024)} kB`,
  );
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function lookupAll(
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
): void {
  systemLookup(hostname, { all: true }, callback);
}

/** Resolves once and passes on what it resolved, unless one of the addresses is refused. */
function guardedLookup(
  lookup: NonNullable<GuardedHttpDeps['lookup']>,
  isAllowed: (address: string) => boolean,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) {
        return callback(refusedAddress(), []);
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refusedAddress(): OutboundError {
  return new OutboundError('refused-address', 'its host name leads to an address that is not public');
}

/** What Node's error codes mean to an operator. */
const reasonsByCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'nothing answers at its address',
  ECONNRESET: 'it closed the connection without an answer',
  EHOSTUNREACH: 'its address can’t be reached',
  ENETUNREACH: 'its address can’t be reached',
  ETIMEDOUT: 'its address can’t be reached',
  EPIPE: 'it closed the connection without an answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not from a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not from a trusted authority',
};

function asOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new OutboundError('too-large', 'the headers of its answer are too large', { cause: error });
  }
  const reason =
    reasonsByCode[code] ??
    (code.startsWith('HPE_') ? 'it does not speak HTTP' : null) ??
    (/^(ERR_SSL|EPROTO|ERR_TLS)/.test(code) ? 'no secure connection could be made' : null) ??
    `it could not be reached (${code === '' ? messageOf(error) : code})`;
  return new OutboundError('unreachable', reason, { cause: error });
}

function inSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
