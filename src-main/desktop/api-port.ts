import { onError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { ipcMain, MessageChannelMain } from 'electron';
import type { Api } from '../api/create-api.ts';
import { apiErrorLogger } from '../api/error-log.ts';
import type { Logger } from '../core/ports.ts';
import { isOwnPage } from './app-protocol.ts';

const portChannel = 'patchbay:port';

/** Hands the API's MessagePort to the app's own page when its preload asks for one, and to no other frame. */
export function serveApiPorts(api: Api, logger: Logger): void {
  const handler = new RPCHandler(api, { interceptors: [onError(apiErrorLogger(logger))] });
  ipcMain.on(portChannel, (event) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOwnPage(frame.url)) {
      logger.warn('A frame that is not the app’s page asked for the API.', { url: frame?.url });
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    handler.upgrade(port1);
    port1.start();
    event.sender.postMessage(portChannel, null, [port2]);
  });
}
