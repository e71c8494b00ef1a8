import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelUnavailableError } from '../errors.ts';
import type { SecretName, Vault } from '../ports.ts';
import { asStreamingModel } from './language-model.ts';
import { callerMessage } from './messages.ts';
import { createModelRegistry, recommendedModel } from './model-registry.ts';
import { readReply } from './reply.ts';
import { FakeModel } from './test-support.ts';

function vault(secrets: Partial<Record<SecretName, string>> = {}): Vault {
  return { get: (name) => secrets[name], set: () => undefined, delete: () => undefined };
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

/** An OpenAI-compatible server that answers with these server-sent events. */
async function server(status: number, body: string) {
  const seen: {
    url: string | undefined;
    authorization: string | undefined;
    body: Record<string, unknown>;
  }[] = [];
  const http = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      seen.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(status, {
        'content-type': status === 200 ? 'text/event-stream' : 'application/json',
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => http.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`, seen };
}

const read = (llmUrl: string, key?: string) =>
  readReply(
    asStreamingModel(
      createModelRegistry({ vault: vault(key ? { PATCHBAY_LLM_KEY: key } : {}), llmUrl }).model(
        'openai-compatible:llama',
      ),
    ),
    { prompt: [{ role: 'system', content: 'Be kind.' }, callerMessage('Hi')] },
    {
      signal: new AbortController().signal,
      firstOutputMs: 4000,
      silenceMs: 4000,
      onText: () => undefined,
      onToolCall: () => undefined,
    },
  );

describe('createModelRegistry', () => {
  it.each([
    ['openai:gpt-5.4', /OPENAI_API_KEY/],
    ['anthropic:claude', /ANTHROPIC_API_KEY/],
    ['google:gemini', /GOOGLE_GENERATIVE_AI_API_KEY/],
    ['openai-compatible:llama', /PATCHBAY_LLM_URL/],
    ['rehearsal:nonsense', /rehearsal:keywords.*rehearsal:silent/],
    ['rehearsal:toString', /rehearsal:keywords/],
    ['acme:gpt', /openai, anthropic, google, openai-compatible, rehearsal/],
    ['gpt', /provider:model/],
    ['openai:', /provider:model/],
  ])('says for %s what is missing', (id, remedy) => {
    const registry = createModelRegistry({ vault: vault() });
    expect(() => registry.model(id)).toThrow(ModelUnavailableError);
    expect(() => registry.model(id)).toThrow(remedy);
  });

  it('refuses an address that is none, without quoting it', () => {
    const registry = createModelRegistry({ vault: vault(), llmUrl: 'sk-secret@nowhere' });
    expect(() => registry.model('openai-compatible:x')).toThrow(/Mend PATCHBAY_LLM_URL/);
    expect(() => registry.model('openai-compatible:x')).not.toThrow(/sk-secret/);
  });

  it.each([
    [recommendedModel, 'OPENAI_API_KEY'],
    ['anthropic:claude-sonnet-4-5', 'ANTHROPIC_API_KEY'],
    ['google:gemini-2.5-flash', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ] as const)('makes %s', (id, name) => {
    const model = asStreamingModel(createModelRegistry({ vault: vault({ [name]: 'key' }) }).model(id));
    expect(`${model.provider}:${model.modelId}`).toBe(id);
  });

  it('takes the models that it is given first', () => {
    const model = new FakeModel();
    expect(createModelRegistry({ vault: vault(), extra: { 'x:y': model } }).model('x:y')).toBe(model);
  });

  it('streams from an OpenAI-compatible server', async () => {
    const events = ['Hel', 'lo'].map(
      (content) => `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: { content } }] })}\n\n`,
    );
    const done = `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;
    const { url, seen } = await server(200, [...events, done].join(''));
    const reply = await read(url, 'llm-key');
    expect(reply).toMatchObject({ text: 'Hello', end: { kind: 'finished' } });
    expect(seen).toMatchObject([
      {
        url: '/v1/chat/completions',
        authorization: 'Bearer llm-key',
        body: { model: 'llama', stream: true, messages: [{ role: 'system' }, { role: 'user' }] },
      },
    ]);
  });

  it('needs no key for it, asks once, and never quotes the server', async () => {
    const { url, seen } = await server(401, JSON.stringify({ error: { message: 'bad key sk-abc' } }));
    const reply = await read(url);
    expect(reply.end).toEqual({ kind: 'failed', problem: 'The model’s server refused the key (401).' });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.authorization).toBeUndefined();
  });

  it('reports a server that is not there, and one that breaks off', async () => {
    const closed = await server(200, '');
    for (const close of cleanUp.splice(0)) close();
    const gone = await read(closed.url);
    expect(gone.end).toEqual({ kind: 'failed', problem: 'The model’s server could not be reached.' });
    const { url } = await server(500, '{}');
    expect((await read(url)).end).toMatchObject({ kind: 'failed', problem: expect.stringContaining('500') });
  });
});
