import type { CallerCard, CallFact, CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import { deskSchema, type Workflow } from '../../../src-preload/contract/desk.ts';
import type { Logger } from '../ports.ts';
import { openCall } from '../test-support/sample-call.ts';
import type { LanguageModelV4, ModelRequest, StreamPart } from './language-model.ts';
import type { SessionHost, TransferRequest } from './session.ts';

/** Fakes for the tests of the receptionist. */

export function workflow(changes: Record<string, unknown> = {}): Workflow {
  const desk = deskSchema.parse({
    patchbay: 1,
    workflows: [
      {
        id: 'reception',
        name: 'Harbour Plumbing',
        number: '+14165550100',
        integration: 'front-desk',
        greeting: 'Thanks for calling Harbour Plumbing.',
        prompt: 'You answer the phone for a plumber in Toronto.',
        transferWhen: ['The caller asks to speak with a person', 'The caller mentions a complaint'],
        model: 'rehearsal:keywords',
        form: [
          { id: 'name', label: 'Your name', type: 'text', required: true },
          { id: 'day', label: 'The day that suits you', type: 'date', required: true },
          { id: 'department', label: 'Department', type: 'choice', options: ['sales', 'billing'] },
        ],
        texts: [
          { id: 'case-number', when: 'During the handoff', body: 'Your case number is {{caseNumber}}.' },
        ],
        ...changes,
      },
    ],
  });
  const [made] = desk.workflows;
  if (!made) throw new Error('no workflow');
  return made;
}

export const stranger: CallerCard = {
  contactId: null,
  number: '+14165557777',
  name: null,
  notes: '',
  tags: [],
  history: [],
};

export function callView(changes: Partial<CallView> = {}): CallView {
  return openCall({
    workflowName: 'Harbour Plumbing',
    model: 'openai:gpt-5.4',
    startedAt: 0,
    lastSeq: 0,
    ...changes,
  });
}

export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A host that keeps its facts in memory and reduces what the receptionist reads back. */
export class FakeHost implements SessionHost {
  readonly facts: CallFact[] = [];
  readonly spoken: { token: string; last: boolean }[] = [];
  /** Everything that was handed on, with when (performance.now()). */
  readonly handed: { how: 'transfer' | 'end' | 'failed' | 'text'; at: number; words: string }[] = [];
  readonly transfers: TransferRequest[] = [];
  readonly view: CallView;
  /** What `record` waits for. */
  disk: () => Promise<void> = () => Promise.resolve();
  texts: SessionHost['sendText'] = async () => ({ ok: true, messageSid: 'SM1' });

  constructor(purpose: RelayPurpose = 'conversation') {
    this.view = callView({
      relay: { token: 't', purpose, sessionId: null, over: false, messageTaken: false },
      transcript: [{ who: 'ai', text: 'Thanks for calling Harbour Plumbing.', at: 0 }],
    });
  }

  async record(...facts: CallFact[]): Promise<void> {
    this.facts.push(...facts);
    await this.disk();
    for (const fact of facts) this.#apply(fact);
  }

  speak(token: string, last: boolean): void {
    this.spoken.push({ token, last });
  }

  sendText(textId: string): ReturnType<SessionHost['sendText']> {
    this.#hand('text', textId);
    return this.texts(textId);
  }

  async transfer(request: TransferRequest): Promise<void> {
    this.transfers.push(request);
    this.#hand('transfer', request.cause);
  }

  async endCall(reason: string): Promise<void> {
    this.#hand('end', reason);
  }

  async modelFailed(problem: string): Promise<void> {
    this.#hand('failed', problem);
  }

  /** What the caller was told, utterance by utterance; one that was not ended stays open with "…". */
  get utterances(): string[] {
    const said = [''];
    for (const { token, last } of this.spoken) {
      said[said.length - 1] += token;
      if (last) said.push('');
    }
    const open = said.pop();
    return open ? [...said, `${open}…`] : said;
  }

  get types(): string[] {
    return this.facts.map(({ type }) => type);
  }

  #hand(how: 'transfer' | 'end' | 'failed' | 'text', words: string): void {
    this.handed.push({ how, at: performance.now(), words });
  }

  #apply(fact: CallFact): void {
    const { transcript } = this.view;
    if (fact.type === 'caller.said') transcript.push({ who: 'caller', text: fact.text, at: 0 });
    if (fact.type === 'ai.said') transcript.push({ who: 'ai', text: fact.text, at: 0 });
    if (fact.type === 'field.saved') this.view.form[fact.field] = fact.value;
    const last = transcript.findLast(({ who }) => who === 'ai');
    if (fact.type === 'ai.interrupted' && last) Object.assign(last, { text: fact.heard, interrupted: true });
  }
}

/** One step of a fake model's answer: words, a tool call, a pause, or any part as it is. */
export type Step =
  | string
  | { tool: string; args?: unknown; raw?: string }
  | { wait: number }
  | { part: StreamPart }
  | { finish: Extract<StreamPart, { type: 'finish' }>['finishReason']['unified'] };

/** On the global timer, so that fake timers can drive a model. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A model that gives these answers one after the other, each a list of steps. It honours no abort. */
export class FakeModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4';
  readonly provider: string = 'fake';
  readonly modelId = 'fake';
  readonly supportedUrls = {};
  readonly requests: ModelRequest[] = [];
  readonly #answers: Step[][];

  constructor(...answers: Step[][]) {
    this.#answers = answers;
  }

  doGenerate(): never {
    throw new Error('only streams');
  }

  async doStream(request: ModelRequest): Promise<{ stream: ReadableStream<StreamPart> }> {
    const steps = this.#answers[this.requests.length] ?? ['I have nothing more to say.'];
    this.requests.push({ ...request, prompt: structuredClone(request.prompt) });
    return {
      stream: new ReadableStream({
        async start(controller) {
          for (const step of steps) {
            if (typeof step === 'object' && 'wait' in step) await sleep(step.wait);
            else for (const part of partsOf(step)) controller.enqueue(part);
          }
          if (!steps.some((step) => typeof step === 'object' && 'finish' in step)) {
            controller.enqueue(finish('stop'));
          }
          controller.close();
        },
      }),
    };
  }
}

function partsOf(step: Exclude<Step, { wait: number }>): StreamPart[] {
  if (typeof step === 'string') return [{ type: 'text-delta', id: '0', delta: step }];
  if ('part' in step) return [step.part];
  if ('finish' in step) return [finish(step.finish)];
  const input = step.raw ?? JSON.stringify(step.args ?? {});
  return [
    { type: 'tool-input-start', id: step.tool, toolName: step.tool },
    { type: 'tool-call', toolCallId: step.tool, toolName: step.tool, input },
  ];
}

function finish(unified: Extract<StreamPart, { type: 'finish' }>['finishReason']['unified']): StreamPart {
  return {
    type: 'finish',
    finishReason: { unified, raw: undefined },
    usage: {
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    },
  };
}
