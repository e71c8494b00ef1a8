import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../ports.ts';
import { createModelRegistry } from './model-registry.ts';
import { ReceptionistSession } from './session.ts';
import { FakeHost, quietLogger, stranger, workflow } from './test-support.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

const args = JSON.stringify({ reason: 'wants a person', summary: 'A leak.' });
const toolCall = (fields: object, fn: object) => ({ tool_calls: [{ index: 0, ...fields, function: fn }] });
const deltas: object[] = [
  { role: 'assistant', content: 'One moment.' },
  toolCall({ id: 'call_1', type: 'function' }, { name: 'transfer_to_human', arguments: '' }),
  toolCall({}, { arguments: args.slice(0, 20) }),
  toolCall({}, { arguments: args.slice(20) }),
];

/** A session whose model is served by an OpenAI-compatible server: it sends `deltas`, then does what `then` does. */
async function start(then: (response: ServerResponse) => void) {
  const sent = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const delta of deltas) response.write(event({ delta }));
      sent.resolve();
      then(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const registry = createModelRegistry({
    vault: { get: () => undefined, set: () => undefined, delete: () => undefined },
    llmUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  });
  const host = new FakeHost();
  const session = new ReceptionistSession({
    workflow: workflow(),
    purpose: 'conversation',
    mayTransfer: true,
    call: () => host.view,
    caller: stranger,
    host,
    model: () => registry.model('openai-compatible:llama'),
    clock: systemClock,
    logger: quietLogger,
  });
  return { host, session, sent: sent.promise };
}

function event(choice: object): string {
  return `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, ...choice }] })}\n\n`;
}

const wanted = [{ cause: 'model', reason: 'wants a person', summary: 'A leak.' }];

describe('a hand-over that an OpenAI-compatible server has sent completely', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['stalls', () => undefined],
    ['is reset', (response) => void setTimeout(() => response.destroy(), 50)],
    [
      'ends well',
      (response) => response.end(`${event({ delta: {}, finish_reason: 'tool_calls' })}data: [DONE]\n\n`),
    ],
  ])('happens, as the model asked for it, when the stream %s', async (_, then) => {
    const { host, session } = await start(then);
    await session.callerSaid('A person, please');
    expect(host.transfers).toEqual(wanted);
    expect(host.handed).toHaveLength(1);
    expect(host.utterances).toEqual(['One moment.']);
  });

  it('happens when the caller speaks over the AI', async () => {
    const { host, session, sent } = await start(() => undefined);
    const done = session.callerSaid('A person, please');
    await sent;
    while (host.utterances.length === 0) await sleep(5);
    await sleep(100);
    await session.interrupted('One', 100);
    await session.callerSaid('Hello?');
    await done;
    expect(host.transfers).toEqual(wanted);
  });
});
