import type { LanguageModel } from 'ai';
import { ModelUnavailableError } from '../errors.ts';
import type { ModelRegistry, SecretName, Vault } from '../ports.ts';
import { rehearsalProvider } from './language-model.ts';
import { lazyModel } from './lazy-model.ts';
import { rehearsalModel } from './rehearsal-models.ts';

/** The model that Patchbay recommends where nothing speaks for another one. */
export const recommendedModel = 'openai:gpt-5.4';

const keyNames = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
} as const satisfies Record<string, SecretName>;

/** What can stand before the colon of a workflow's model. */
export const modelProviders: readonly string[] = [
  ...Object.keys(keyNames),
  'openai-compatible',
  rehearsalProvider,
];

export interface ModelRegistryDeps {
  vault: Vault;
  /** The base URL of an OpenAI-compatible server, `/v1` included (PATCHBAY_LLM_URL). */
  llmUrl?: string | undefined;
  /** Further models by their whole id; they come before everything else. */
  extra?: Record<string, LanguageModel>;
}

/** Makes models by "provider:model"; keys are read from the vault each time, so a key entered a moment ago counts. */
export function createModelRegistry({ vault, llmUrl, extra = {} }: ModelRegistryDeps): ModelRegistry {
  return {
    model(id) {
      const given = Object.hasOwn(extra, id) ? extra[id] : undefined;
      if (given !== undefined) return given;
      const colon = id.indexOf(':');
      const provider = id.slice(0, Math.max(colon, 0));
      const name = id.slice(colon + 1);
      if (provider === '' || name === '') throw noSuchProvider(id);
      switch (provider) {
        case 'openai': {
          const apiKey = keyFor(vault, id, provider);
          const load = async () => {
            const { createOpenAI } = await import('@ai-sdk/openai');
            return createOpenAI({ apiKey })(name);
          };
          // OpenAI keeps what it is sent for 30 days unless told not to; callers have not agreed to that.
          return lazyModel(provider, name, load, { openai: { store: false } });
        }
        case 'anthropic': {
          const apiKey = keyFor(vault, id, provider);
          return lazyModel(provider, name, async () => {
            const { createAnthropic } = await import('@ai-sdk/anthropic');
            return createAnthropic({ apiKey })(name);
          });
        }
        case 'google': {
          const apiKey = keyFor(vault, id, provider);
          return lazyModel(provider, name, async () => {
            const { createGoogle } = await import('@ai-sdk/google');
            return createGoogle({ apiKey })(name);
          });
        }
        case 'openai-compatible': {
          const baseURL = compatibleUrl(id, llmUrl);
          const apiKey = vault.get('PATCHBAY_LLM_KEY');
          return lazyModel(provider, name, async () => {
            const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
            return createOpenAICompatible({ name: provider, baseURL, ...(apiKey && { apiKey }) })(name);
          });
        }
        case rehearsalProvider:
          return rehearsalModel(name);
        default:
          throw noSuchProvider(id);
      }
    },
  };
}

function keyFor(vault: Vault, id: string, provider: keyof typeof keyNames): string {
  const name = keyNames[provider];
  const key = vault.get(name);
  if (key) return key;
  throw new ModelUnavailableError(
    id,
    `there is no key for ${provider}`,
    `Set ${name}, or choose another model`,
  );
}

function compatibleUrl(id: string, llmUrl: string | undefined): string {
  if (!llmUrl) {
    throw new ModelUnavailableError(
      id,
      'there is no address of an OpenAI-compatible server',
      'Set PATCHBAY_LLM_URL, /v1 included, like "http://127.0.0.1:11434/v1"',
    );
  }
  if (URL.canParse(llmUrl) && /^https?:$/.test(new URL(llmUrl).protocol)) return llmUrl;
  throw new ModelUnavailableError(
    id,
    'the address of the OpenAI-compatible server is no http address',
    'Mend PATCHBAY_LLM_URL; it looks like "http://127.0.0.1:11434/v1"',
  );
}

function noSuchProvider(id: string): ModelUnavailableError {
  return new ModelUnavailableError(
    id,
    'there is no such provider',
    `A model is named "provider:model", and the providers are ${modelProviders.join(', ')}`,
  );
}
