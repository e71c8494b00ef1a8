import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CdpSession } from './cdp.ts';
import { chromium } from './chromium.ts';
import { PreventableEvent } from './events.ts';
import { record } from './facts.ts';
import { ipcMain } from './ipc-main.ts';
import { type MessagePortMain, type PortCarrier, requireJson } from './message-ports.ts';
import {
  bindingName,
  isolatedWorld,
  isolatedWorldScript,
  type PageMessage,
  pageWorldScript,
} from './page-scripts.ts';
import { answerOwnScheme, toAppUrl, toBrowserUrl } from './protocol.ts';

type WindowOpenHandler = (details: { url: string; frameName: string; features: string }) => {
  action: string;
};

interface PausedRequest {
  requestId: string;
  frameId: string;
  resourceType: string;
  request: { url: string; method: string; headers: Record<string, string> };
}

/** https://www.electronjs.org/docs/latest/api/web-contents, as far as Patchbay uses it: one page of Chromium. */
export class WebContents extends EventEmitter {
  readonly #page: Promise<CdpSession>;
  readonly #ports = new Map<number, MessagePortMain>();
  #openHandler: WindowOpenHandler = () => ({ action: 'allow' });
  #url = '';
  #mainFrameId = '';
  /** The document that `loadURL` asked for; it is no navigation of the page's own. */
  #asked: string | undefined;
  /** The preload's world in the document that is there now. */
  #world: string | undefined;

  constructor(page: Promise<CdpSession>, preload: string | undefined) {
    super();
    this.#page = page.then(async (session) => {
      await this.#prepare(session, preload);
      return session;
    });
  }

  getURL(): string {
    return this.#url;
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }

  /** Resolves when the page has finished loading, rejects when it failed to. */
  async loadURL(url: string): Promise<void> {
    const page = await this.#page;
    const loaded = new Promise((resolve) => page.once('Page.loadEventFired', resolve));
    this.#asked = toBrowserUrl(url);
    const { errorText } = await page.send<{ errorText?: string }>('Page.navigate', { url: this.#asked });
    if (errorText !== undefined) throw new Error(`${errorText} loading '${url}'`);
    await loaded;
    this.emit('did-finish-load');
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    requireJson(message);
    const carrier: PortCarrier = {
      post: (id, data) => this.#callWorld('post', [id, data]),
      close: (id) => this.#callWorld('close', [id]),
    };
    this.#callWorld('message', [channel, [message], transfer.map((port) => port.id)]);
    for (const port of transfer) {
      this.#ports.set(port.id, port);
      port.moveIntoPage(carrier);
    }
  }

  /** The document is gone, and with it the ports that it held. */
  dropPorts(): void {
    this.#world = undefined;
    const ports = [...this.#ports.values()];
    this.#ports.clear();
    for (const port of ports) port.closedInPage();
  }

  async #prepare(page: CdpSession, preload: string | undefined): Promise<void> {
    const { frameTree } = await page.send<{ frameTree: { frame: { id: string } } }>('Page.getFrameTree');
    this.#mainFrameId = frameTree.frame.id;
    page.on('Page.frameNavigated', ({ frame }: { frame: { id: string; url: string } }) => {
      if (frame.id === this.#mainFrameId) this.#url = toAppUrl(frame.url);
    });
    page.on(
      'Runtime.executionContextCreated',
      ({ context }: { context: { name: string; uniqueId: string; auxData: { frameId: string } } }) => {
        if (context.name === isolatedWorld && context.auxData.frameId === this.#mainFrameId)
          this.#world = context.uniqueId;
      },
    );
    page.on('Runtime.executionContextsCleared', () => this.dropPorts());
    page.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
      if (name === bindingName) this.#receive(JSON.parse(payload) as PageMessage);
    });
    page.on('Fetch.requestPaused', (paused: PausedRequest) => {
      this.#answer(page, paused).catch(() =>
        page
          .send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Failed' })
          .catch(() => {}),
      );
    });
    // A link with target=_blank makes a page without asking anybody; the one that comes next is closed again.
    page.on('Page.windowOpen', ({ url, windowName }: { url: string; windowName: string }) => {
      const closeIt = ({ targetInfo }: { targetInfo: { targetId: string; type: string } }) => {
        if (targetInfo.type !== 'page') return;
        chromium.browser.off('Target.targetCreated', closeIt);
        chromium.browser.send('Target.closeTarget', { targetId: targetInfo.targetId }).catch(() => {});
      };
      chromium.browser.on('Target.targetCreated', closeIt);
      this.#askToOpen({ url, frameName: windowName, features: '' });
    });

    const secret = randomBytes(16).toString('hex');
    await page.send('Page.enable');
    await page.send('Runtime.enable');
    await page.send('Runtime.addBinding', { name: bindingName, executionContextName: isolatedWorld });
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorldScript(secret) });
    if (preload !== undefined) {
      await page.send('Page.addScriptToEvaluateOnNewDocument', {
        source: isolatedWorldScript(secret, readFileSync(preload, 'utf8')),
        worldName: isolatedWorld,
      });
    }
    await page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  }

  async #answer(
    page: CdpSession,
    { requestId, request, resourceType, frameId }: PausedRequest,
  ): Promise<void> {
    if (resourceType === 'Document' && frameId === this.#mainFrameId && !this.#mayNavigate(request.url)) {
      await page.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
      return;
    }
    const response = await answerOwnScheme(request);
    if (response === undefined) {
      await page.send('Fetch.continueRequest', { requestId });
      return;
    }
    await page.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  }

  #mayNavigate(browserUrl: string): boolean {
    if (browserUrl === this.#asked) {
      this.#asked = undefined;
      return true;
    }
    const url = toAppUrl(browserUrl);
    const event = Object.assign(new PreventableEvent(), { url, isMainFrame: true, isSameDocument: false });
    this.emit('will-navigate', event);
    record({ kind: 'navigation', url, prevented: event.defaultPrevented });
    return !event.defaultPrevented;
  }

  #receive(message: PageMessage): void {
    switch (message.type) {
      case 'ipc': {
        const senderFrame = { url: this.#url, parent: null };
        ipcMain.emit(message.channel, { sender: this, senderFrame, ports: [] }, ...message.args);
        return;
      }
      case 'port':
        this.#ports.get(message.id)?.receivedFromPage(message.data);
        return;
      case 'port-closed':
        this.#ports.get(message.id)?.closedInPage();
        this.#ports.delete(message.id);
        return;
      case 'window-open':
        this.#askToOpen(message);
        return;
    }
  }

  #askToOpen(details: { url: string; frameName: string; features: string }): void {
    const { action } = this.#openHandler({ ...details, url: toAppUrl(details.url) });
    record({ kind: 'window-open', url: details.url, action });
    if (action !== 'deny') throw new Error('the stand-in for Electron opens no second window');
  }

  #callWorld(method: 'message' | 'post' | 'close', args: unknown[]): void {
    const uniqueContextId = this.#world;
    if (uniqueContextId === undefined) return;
    const expression = `${bindingName}.${method}(...${JSON.stringify(args)})`;
    // The document may be gone by the time this arrives, like a real port's other end.
    this.#page.then((page) => page.send('Runtime.evaluate', { expression, uniqueContextId })).catch(() => {});
  }
}
