import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRequest } from '../../rehearsal/rest/read-request.ts';
import { openApiCheck } from '../../rehearsal/rest/test-support/openapi-check.ts';
import type { Waiting } from './persist.ts';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An answer, or 'cut': the connection is dropped when the whole request was read. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut';

export interface TestTwilioServer extends AsyncDisposable {
  apiUrl: string;
  seen: SeenRequest[];
}

/**
 * For tests of the REST client itself: answers in turn, the last answer again and again, and remembers what was asked.
 * Each request is held against Twilio's OpenAPI files, where they are; stopping throws when one is not described there.
 */
export async function testTwilioServer(...answers: Answer[]): Promise<TestTwilioServer> {
  const seen: SeenRequest[] = [];
  const check = openApiCheck();
  const server = createServer(async (request, response) => {
    const asked = await readRequest(request);
    if (asked !== undefined) check?.request(asked);
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? 'cut';
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: asked?.raw.toString('utf8') ?? '',
    });
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
    response.end(answer.status === 204 ? undefined : text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      check?.throwIfViolated();
    },
  };
}

/** Waiting that takes no time; `slept` has what would have been waited. */
export function instantWaiting(): Waiting & { slept: number[] } {
  let now = Date.UTC(2026, 10, 22, 9);
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    random: () => 0.5,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}
