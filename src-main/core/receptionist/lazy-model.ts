import type { LanguageModelV4, ModelRequest } from './language-model.ts';

/**
 * A model whose provider is loaded in the background: loading one takes about 100 ms and 25 MB, which neither the start of
 * Patchbay nor a desk that never uses it should pay. `providerOptions` go with every request.
 */
export function lazyModel(
  provider: string,
  modelId: string,
  load: () => Promise<LanguageModelV4>,
  providerOptions: NonNullable<ModelRequest['providerOptions']> = {},
): LanguageModelV4 {
  const loading = load();
  // A provider that can't be loaded fails the first request, not the process.
  loading.catch(() => undefined);
  const complete = (request: ModelRequest): ModelRequest => ({
    ...request,
    providerOptions: { ...providerOptions, ...request.providerOptions },
  });
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    supportedUrls: {},
    doGenerate: async (request: ModelRequest) => (await loading).doGenerate(complete(request)),
    doStream: async (request: ModelRequest) => (await loading).doStream(complete(request)),
  };
}
