import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of an unwanted body is thrown away before the connection is closed, and for how long at most. */
const mostDrained = 1024 * 1024;
const longestDrainMs = 1_000;

/** Sends a JSON answer and keeps the connection for the next request. Does nothing when the client has gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Record<string, string> = {},
): void {
  if (writeHead(response, status, json, headers)) response.end(json);
}

/**
 * Answers a request whose body is not wanted, and closes the connection. What the client is still sending is thrown
 * away for a moment: closing at once would reset the connection, and the client might never see the answer.
 */
export function sendJsonAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  json: string,
  headers: Record<string, string> = {},
): void {
  if (!writeHead(response, status, json, { Connection: 'close', ...headers })) return;
  response.write(json);
  let drained = 0;
  const close = (): void => {
    clearTimeout(timer);
    request.off('data', drain).pause();
    response.end();
    request.socket.destroySoon();
  };
  const drain = (chunk: Buffer): void => {
    drained += chunk.length;
    if (drained > mostDrained) close();
  };
  const timer = setTimeout(close, longestDrainMs);
  request
    .on('error', () => {})
    .on('data', drain)
    .once('end', close)
    .once('close', close);
}

/** @returns false when nothing can be sent: the client has gone, or was answered. */
function writeHead(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Record<string, string>,
): boolean {
  if (response.destroyed || response.headersSent) return false;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(json),
    ...headers,
  });
  return true;
}
