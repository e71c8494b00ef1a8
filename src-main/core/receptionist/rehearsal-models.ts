import { setTimeout as sleep } from 'node:timers/promises';
import { ModelUnavailableError } from '../errors.ts';
import { keywordAnswer } from './keyword-model.ts';
import {
  type LanguageModelV4,
  type ModelRequest,
  rehearsalProvider,
  type StreamPart,
} from './language-model.ts';

/** What a rehearsal model says and does in one answer. */
export interface ScriptedAnswer {
  text: string;
  toolCalls: { tool: string; args: Record<string, string> }[];
}

/** The pause between two words, in milliseconds: enough to be a stream, too short to slow a rehearsal down. */
const wordMs = 8;

/** Throws where the model errors at once. */
type Behaviour = (request: ModelRequest) => AsyncGenerator<StreamPart>;

const behaviours: Record<string, Behaviour> = {
  /** Follows greeting, form, triggers and texts by keywords. */
  keywords: (request) => answer(keywordAnswer(request), request.abortSignal),
  /** Never yields a token. */
  silent: ({ abortSignal }) => stall('', abortSignal),
  /** Errors at once. */
  failing: () => {
    throw new Error('rehearsal:failing fails on purpose');
  },
  /** Two words, then silence. */
  stalls: ({ abortSignal }) => stall('Well, I', abortSignal),
  /** Announces the transfer and never calls a tool, also when nudged. */
  'all-talk': ({ abortSignal }) =>
    answer({ text: 'One moment, I’ll connect you now.', toolCalls: [] }, abortSignal),
  /** Ends without a word. */
  empty: ({ abortSignal }) => answer({ text: '', toolCalls: [] }, abortSignal),
};

export const rehearsalModelNames = Object.keys(behaviours);

/**
 * Deterministic models that need no account: one that is useful, and one for every way in which a model can fail.
 * @throws ModelUnavailableError for another name; it lists the names that there are.
 */
export function rehearsalModel(name: string): LanguageModelV4 {
  const behaviour = Object.hasOwn(behaviours, name) ? behaviours[name] : undefined;
  if (behaviour === undefined) {
    throw new ModelUnavailableError(
      `${rehearsalProvider}:${name}`,
      'there is no such rehearsal model',
      `There are ${rehearsalModelNames.map((known) => `${rehearsalProvider}:${known}`).join(', ')}`,
    );
  }
  return {
    specificationVersion: 'v4',
    provider: rehearsalProvider,
    modelId: name,
    supportedUrls: {},
    doStream: async (request) => ({ stream: streamOf(behaviour(request)) }),
    doGenerate: async () => {
      throw new ModelUnavailableError(
        `${rehearsalProvider}:${name}`,
        'rehearsal models only stream',
        'Use another model for this',
      );
    },
  };
}

async function* answer(
  { text, toolCalls }: ScriptedAnswer,
  signal?: AbortSignal,
): AsyncGenerator<StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  if (text !== '') yield* words(text, signal);
  for (const [index, { tool, args }] of toolCalls.entries()) {
    yield {
      type: 'tool-call',
      toolCallId: `${tool}-${index}`,
      toolName: tool,
      input: JSON.stringify(args),
    };
  }
  yield {
    type: 'finish',
    finishReason: { unified: toolCalls.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
    usage: {
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    },
  };
}

/** Says this and then nothing more, until it is aborted. */
async function* stall(text: string, signal?: AbortSignal): AsyncGenerator<StreamPart> {
  yield* words(text, signal);
  await new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function* words(text: string, signal?: AbortSignal): AsyncGenerator<StreamPart> {
  yield { type: 'text-start', id: 'text' };
  for (const delta of text.match(/\S+\s*/g) ?? []) {
    await sleep(wordMs, undefined, { ...(signal && { signal }) });
    yield { type: 'text-delta', id: 'text', delta };
  }
  yield { type: 'text-end', id: 'text' };
}

function streamOf(parts: AsyncGenerator<StreamPart>): ReadableStream<StreamPart> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    // A generator that waits returns only when its wait is over; nobody needs to wait for that.
    cancel: () => void parts.return(undefined).catch(() => undefined),
  });
}
