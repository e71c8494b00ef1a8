import type { IncomingMessage } from 'node:http';

export type SmallBody = { kind: 'body'; text: string } | { kind: 'too-large' | 'too-slow' | 'aborted' };

/**
 * Reads a body of at most `maxBytes`, all of it within `timeoutMs`. Stops at the first byte too many, and leaves the
 * request open, so that it can still be answered. Never rejects.
 */
export function readSmallBody(
  request: IncomingMessage,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<SmallBody> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) {
    return Promise.resolve({ kind: 'too-large' });
  }
  return new Promise((resolve) => {
    let chunks: Buffer | Buffer[] | null = null;
    let bytes = 0;
    const finish = (body: SmallBody): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
      // Nobody else listens, and an aborted request without a listener would be an uncaught error.
      request.on('error', ignore);
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
    request.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
  });
}

function ignore(): void {}
