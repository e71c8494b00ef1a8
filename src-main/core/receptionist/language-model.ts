import type { LanguageModel } from 'ai';
import { ModelUnavailableError } from '../errors.ts';

/** The AI SDK's interface of a language model, version 4: what its providers of today implement. */
export type LanguageModelV4 = Extract<LanguageModel, { specificationVersion: 'v4' }>;
export type ModelRequest = Parameters<LanguageModelV4['doStream']>[0];
export type StreamResult = Awaited<ReturnType<LanguageModelV4['doStream']>>;
export type StreamPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never;
export type Message = ModelRequest['prompt'][number];
export type AssistantContent = Extract<Message, { role: 'assistant' }>['content'];
export type ToolResultPart = Extract<
  Extract<Message, { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>;
export type ToolCall = Extract<StreamPart, { type: 'tool-call' }>;
export type ToolDefinition = Extract<NonNullable<ModelRequest['tools']>[number], { type: 'function' }>;

/** Models of this provider are Patchbay's own stand-ins; they alone are told the workflow's facts. */
export const rehearsalProvider = 'rehearsal';

/**
 * Narrows the SDK's union to what Patchbay streams from.
 * @throws ModelUnavailableError for a bare model name or a model of an older interface.
 */
export function asStreamingModel(model: LanguageModel): LanguageModelV4 {
  if (typeof model !== 'string' && model.specificationVersion === 'v4') return model;
  const id = typeof model === 'string' ? model : `${model.provider}:${model.modelId}`;
  throw new ModelUnavailableError(
    id,
    'it does not implement version 4 of the language model interface',
    'Choose another model for the workflow',
  );
}
