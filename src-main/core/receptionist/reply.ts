import type {
  AssistantContent,
  LanguageModelV4,
  ModelRequest,
  StreamPart,
  ToolCall,
} from './language-model.ts';
import { describeModelError } from './model-error.ts';

/** Why a reply is over. An aborted or failed reply keeps what had arrived. */
export type ReplyEnd = { kind: 'finished' } | { kind: 'aborted' } | { kind: 'failed'; problem: string };

/** One answer of the model. */
export interface Reply {
  text: string;
  toolCalls: ToolCall[];
  /** The answer as the next request quotes it, with what the provider wants to see again (reasoning, signatures). */
  content: AssistantContent;
  end: ReplyEnd;
}

export interface ReplyWatch {
  signal: AbortSignal;
  /** How long the first text or tool call may take, in milliseconds. */
  firstOutputMs: number;
  /**
   * How long the stream may pause after that, in milliseconds; a function is asked after each output. Thinking and pings are
   * a pause: the caller hears nothing.
   */
  silenceMs: number | (() => number);
  /**
   * A tool that is handed on as soon as its arguments are complete. Some providers report their tool calls only when the
   * stream ends, and a stream can break off or be cut before.
   */
  urgentTool?: string;
  onText(delta: string): void;
  /** A tool call that has arrived completely. */
  onToolCall(call: ToolCall): void;
}

/**
 * Streams one answer. It listens to the provider's stream directly, so that a token is handed on in the tick in which it
 * arrives and an abort takes effect at once, whether or not the model honours it. Never rejects, never retries.
 */
export function readReply(
  model: LanguageModelV4,
  request: Omit<ModelRequest, 'abortSignal'>,
  watch: ReplyWatch,
): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const stop = new AbortController();
  const collected = new CollectedReply();
  let over = false;

  const finish = (end: ReplyEnd): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    watch.signal.removeEventListener('abort', onAbort);
    const { text, toolCalls } = collected;
    resolve({ text, toolCalls, content: collected.content.filter(isWorthQuoting), end });
    if (end.kind !== 'finished') stop.abort();
  };
  const onAbort = (): void => finish({ kind: 'aborted' });
  let timer = setTimeout(
    () => finish({ kind: 'failed', problem: `The model said nothing for ${seconds(watch.firstOutputMs)}.` }),
    watch.firstOutputMs,
  );
  const urgent = watch.urgentTool === undefined ? undefined : new UrgentCalls(watch.urgentTool);
  /** What the timer was last set to after an output. */
  let allowedMs: number | undefined;
  const alive = (): void => {
    const silenceMs = typeof watch.silenceMs === 'number' ? watch.silenceMs : watch.silenceMs();
    if (silenceMs === allowedMs) {
      timer.refresh();
      return;
    }
    allowedMs = silenceMs;
    clearTimeout(timer);
    timer = setTimeout(
      () => finish({ kind: 'failed', problem: `The model fell silent for ${seconds(silenceMs)}.` }),
      silenceMs,
    );
  };

  const take = (part: StreamPart): void => {
    if (isOutput(part)) alive();
    const call = urgent?.completedBy(part);
    if (call) {
      collected.add(call);
      watch.onToolCall(call);
    }
    if (part.type === 'tool-call' && urgent?.repeatedBy(part)) {
      collected.amend(part);
      return;
    }
    collected.add(part);
    if (part.type === 'text-delta' && part.delta !== '') watch.onText(part.delta);
    else if (part.type === 'tool-call' && part.providerExecuted !== true) watch.onToolCall(part);
    else if (part.type === 'error') finish({ kind: 'failed', problem: describeModelError(part.error) });
    else if (part.type === 'finish') finish(endOf(part.finishReason.unified));
  };

  const pump = async (): Promise<void> => {
    const { stream } = await model.doStream({ ...request, abortSignal: stop.signal });
    const reader = stream.getReader();
    if (stop.signal.aborted) {
      await reader.cancel();
      return;
    }
    stop.signal.addEventListener('abort', () => reader.cancel().catch(() => undefined), { once: true });
    for (;;) {
      const { done, value } = await reader.read();
      if (over) return;
      if (done) break;
      take(value);
    }
    finish({ kind: 'failed', problem: 'The model’s stream broke off.' });
  };

  if (watch.signal.aborted) onAbort();
  else {
    watch.signal.addEventListener('abort', onAbort, { once: true });
    pump().catch((error: unknown) => finish({ kind: 'failed', problem: describeModelError(error) }));
  }
  return promise;
}

function endOf(reason: Extract<StreamPart, { type: 'finish' }>['finishReason']['unified']): ReplyEnd {
  if (reason === 'content-filter')
    return { kind: 'failed', problem: 'The model’s content filter stopped its answer.' };
  if (reason === 'error') return { kind: 'failed', problem: 'The model ended with an error.' };
  return { kind: 'finished' };
}

function isOutput(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'tool-input-delta':
      return part.delta !== '';
    case 'tool-input-start':
    case 'tool-call':
      return true;
    default:
      return false;
  }
}

/** Providers refuse empty text; empty thinking can carry a signature. */
function isWorthQuoting(part: AssistantContent[number]): boolean {
  return part.type !== 'text' || part.text !== '';
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

/** Puts the parts of a stream together, in their order. */
class CollectedReply {
  text = '';
  readonly toolCalls: ToolCall[] = [];
  readonly content: AssistantContent = [];
  readonly #open = new Map<
    string,
    { type: 'text' | 'reasoning'; text: string; providerOptions?: ProviderOptions }
  >();

  add(part: StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        this.#block(part.type === 'text-start' ? 'text' : 'reasoning', part);
        return;
      case 'text-delta':
      case 'reasoning-delta': {
        const type = part.type === 'text-delta' ? 'text' : 'reasoning';
        this.#block(type, part).text += part.delta;
        if (type === 'text') this.text += part.delta;
        return;
      }
      case 'text-end':
      case 'reasoning-end':
        this.#block(part.type === 'text-end' ? 'text' : 'reasoning', part);
        return;
      case 'tool-call':
        if (part.providerExecuted === true) return;
        this.toolCalls.push(part);
        this.content.push({
          type: 'tool-call',
          toolCallId: part.toolCallId,
          toolName: part.toolName,
          input: parseArguments(part.input) ?? {},
          ...(part.providerMetadata && { providerOptions: part.providerMetadata }),
        });
        return;
      default:
    }
  }

  /** Takes up what the provider wants to see again of a tool call that was handed on before it was reported. */
  amend({ toolCallId, providerMetadata }: ToolCall): void {
    for (const part of this.content) {
      if (part.type === 'tool-call' && part.toolCallId === toolCallId && providerMetadata)
        part.providerOptions = providerMetadata;
    }
  }

  #block(
    type: 'text' | 'reasoning',
    part: { id: string; providerMetadata?: ProviderOptions },
  ): { text: string } {
    const key = `${type} ${part.id}`;
    let block = this.#open.get(key);
    if (block === undefined) {
      block = { type, text: '' };
      this.#open.set(key, block);
      this.content.push(block);
    }
    if (part.providerMetadata) block.providerOptions = part.providerMetadata;
    return block;
  }
}

/** Puts the arguments of one tool's calls together. */
class UrgentCalls {
  readonly #toolName: string;
  readonly #inputs = new Map<string, string>();
  readonly #complete = new Set<string>();

  constructor(toolName: string) {
    this.#toolName = toolName;
  }

  /** The call that is complete with this part. No part of a JSON object but the whole of it is JSON. */
  completedBy(part: StreamPart): ToolCall | undefined {
    if (part.type === 'tool-input-start') {
      if (part.toolName === this.#toolName && part.providerExecuted !== true) this.#inputs.set(part.id, '');
      return undefined;
    }
    if (part.type !== 'tool-input-delta') return undefined;
    const before = this.#inputs.get(part.id);
    if (before === undefined) return undefined;
    const input = before + part.delta;
    this.#inputs.set(part.id, input);
    if (!part.delta.includes('}') || parseArguments(input) === undefined) return undefined;
    this.#inputs.delete(part.id);
    this.#complete.add(part.id);
    return { type: 'tool-call', toolCallId: part.id, toolName: this.#toolName, input };
  }

  /** Whether the provider reports a call that was complete before. */
  repeatedBy({ toolCallId }: ToolCall): boolean {
    return this.#complete.delete(toolCallId);
  }
}

type ProviderOptions = NonNullable<ToolCall['providerMetadata']>;

/** The arguments of a tool call, or undefined when they are no JSON object. */
export function parseArguments(input: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = input.trim() === '' ? {} : JSON.parse(input);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? { ...parsed }
      : undefined;
  } catch {
    return undefined;
  }
}
