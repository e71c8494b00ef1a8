import { setTimeout } from 'node:timers/promises';
import { createCore } from '../../src-main/core/create-core.ts';
import { type Logger, systemClock } from '../../src-main/core/ports.ts';
import type { LanguageModelV4, StreamPart } from '../../src-main/core/receptionist/language-model.ts';
import { noTunnels, noTwilio } from '../../src-main/core/test-support/no-outside.ts';

/** The core with a model whose tokens say when they were made: "@<microseconds of Unix time> ". */
const tokensPerAnswer = 60;
const tokenEveryMs = 20;

const microseconds = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

const timestamping: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: 'bench',
  modelId: 'timestamps',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('the bench only streams')),
  doStream: async () => ({ stream: streamOf(tokens()) }),
};

async function* tokens(): AsyncGenerator<StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'text-start', id: '1' };
  for (let index = 0; index < tokensPerAnswer; index++) {
    await setTimeout(tokenEveryMs);
    yield { type: 'text-delta', id: '1', delta: `@${microseconds()} ` };
  }
  yield { type: 'text-end', id: '1' };
  yield {
    type: 'finish',
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    },
  };
}

/** Pulled one by one, so that a token's time is the moment at which it is handed over. */
function streamOf(parts: AsyncGenerator<StreamPart>): ReadableStream<StreamPart> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

const silence = () => {};
const logger: Logger = { debug: silence, info: silence, warn: silence, error: silence };
const [dataDir = '.', deskYaml = ''] = process.argv.slice(2);
const core = createCore(
  { dataDir, webhookPort: 0, tunnel: null },
  {
    clock: systemClock,
    logger,
    vault: {
      get: (name) => (name === 'TWILIO_AUTH_TOKEN' ? 'bench' : undefined),
      set: silence,
      delete: silence,
    },
    notifier: { notify: silence },
    models: { model: () => timestamping },
    outbound: { postJson: () => Promise.reject(new Error('nothing is posted in this bench')) },
    texts: { send: () => Promise.reject(new Error('no text is sent in this bench')) },
    twilio: noTwilio,
    tunnels: noTunnels,
  },
);
const { webhookUrl } = await core.start();
core.applyDesk(deskYaml);
// "speaking" is told in the tick in which the frame was handed to the socket.
let delays: number[] = [];
core.subscribe((update) => {
  const madeAt = update.kind === 'speaking' && /^@(\d+)/.exec(update.text)?.[1];
  if (madeAt) delays.push((microseconds() - Number(madeAt)) / 1000);
});
process.on('SIGUSR2', () => {
  delays = [];
});
process.on('SIGTERM', () =>
  core.stop().then(() => process.stdout.write(`${JSON.stringify({ delays })}\n`, () => process.exit(0))),
);
process.stdout.write(`${JSON.stringify({ webhookUrl })}\n`);
