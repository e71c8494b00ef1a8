import type { IncomingMessage, ServerResponse } from 'node:http';
import { onError } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Api } from '../api/create-api.ts';
import { apiErrorLogger } from '../api/error-log.ts';
import type { Logger } from '../core/ports.ts';

/** The API over HTTP and event streams, for a browser. */
export function createRpcAnswerer(api: Api, logger: Logger) {
  const handler = new RPCHandler(api, {
    plugins: [new BodyLimitPlugin({ maxBodySize: 32_000_000 })],
    interceptors: [onError(apiErrorLogger(logger))],
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { matched } = await handler.handle(request, response, { prefix: '/rpc' });
    if (!matched) response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
  };
}
