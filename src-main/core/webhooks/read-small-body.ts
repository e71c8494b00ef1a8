import type { IncomingMessage } from 'node:http';

export type SmallBody = { kind: 'body'; text: string } | { kind: 'too-large' | 'too-slow' | 'aborted' };

/**
 * Reads a body of at most `maxBytes`, all of it within `timeoutMs`. Stops at the first byte too many, and leaves the
 * request open, so that it can still be answered. Never rejects.
 */
export async function readSmallBody(
  request: IncomingMessage,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<SmallBody> {
  // Without a listener, the error of an aborted request would be an uncaught one.
  request.on('error', ignore);
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return { kind: 'too-large' };
  // A small body comes in the same packet as its headers and is parsed right after this turn: no listeners, no timer.
  await undefined;
  if (request.complete && request.readableLength <= limits.maxBytes) {
    const whole: Buffer | null = request.read();
    request.resume();
    return { kind: 'body', text: whole === null ? '' : whole.toString() };
  }
  return readInPieces(request, limits);
}

function readInPieces(
  request: IncomingMessage,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<SmallBody> {
  return new Promise((resolve) => {
    let chunks: Buffer | Buffer[] | null = null;
    let bytes = 0;
    const finish = (body: SmallBody): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onAbort);
      if (body.kind !== 'body') request.pause();
      resolve(body);
    };
    const timer = setTimeout(() => finish({ kind: 'too-slow' }), limits.timeoutMs);
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limits.maxBytes) finish({ kind: 'too-large' });
      else if (chunks === null) chunks = chunk;
      else if (Array.isArray(chunks)) chunks.push(chunk);
      else chunks = [chunks, chunk];
    };
    const onEnd = (): void => {
      const whole =
        chunks === null ? '' : (Array.isArray(chunks) ? Buffer.concat(chunks) : chunks).toString();
      finish({ kind: 'body', text: whole });
    };
    const onAbort = (): void => finish({ kind: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('close', onAbort);
  });
}

function ignore(): void {}
