import { randomUUID } from 'node:crypto';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import type { CallLog } from '../calls/call-log.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { CallQueries } from '../database/calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { OutboxQueries } from '../database/outbox.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger, ModelRegistry } from '../ports.ts';
import { afterCallPayload } from './after-call-payload.ts';
import type { OutboxWorker } from './outbox-worker.ts';
import { summariseCall } from './summarise.ts';

export interface WrapUpDeps {
  log: CallLog;
  calls: CallQueries;
  contacts: ContactQueries;
  outbox: OutboxQueries;
  worker: OutboxWorker;
  recorder: Pick<Recorder, 'write'>;
  desk: () => CompiledDesk;
  models: ModelRegistry;
  clock: Clock;
  logger: Logger;
}

/** What follows a call: its summary, the contact's notes and name, and the after-call webhook. */
export class WrapUp {
  readonly #deps: WrapUpDeps;
  readonly #underWay = new Set<Promise<void>>();
  #unsubscribe: (() => void) | null = null;
  #stopped = false;

  constructor(deps: WrapUpDeps) {
    this.#deps = deps;
  }

  /** Wraps up every call that ends from now on, and those that an earlier stop left without. */
  start(): void {
    this.#unsubscribe = this.#deps.log.subscribe((update) => {
      if (update.kind === 'event' && update.event.fact.type === 'ended') void this.#begin(update.call);
    });
    void this.#catchUp(this.#deps.calls.endedWithoutSummary());
  }

  /** Takes no further calls; resolves when those under way are wrapped up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    await Promise.allSettled(this.#underWay);
  }

  /** One at a time: a model that is asked for a hundred summaries at once answers nobody. */
  async #catchUp(callIds: readonly string[]): Promise<void> {
    for (const callId of callIds) {
      const call = this.#stopped ? undefined : this.#deps.log.find(callId);
      if (call !== undefined) await this.#begin(call);
    }
  }

  #begin(call: CallView): Promise<void> {
    const wrapping = this.#wrapUp(call)
      .catch((thrown: unknown) => {
        this.#deps.logger.error('A call could not be wrapped up', {
          callId: call.id,
          problem: messageOf(thrown),
        });
      })
      .finally(() => this.#underWay.delete(wrapping));
    this.#underWay.add(wrapping);
    return wrapping;
  }

  async #wrapUp(ended: CallView): Promise<void> {
    const { log, models, logger, recorder, worker } = this.#deps;
    const modelId = ended.model ?? '';
    const { summary, by } = await summariseCall(ended, { model: () => models.model(modelId), logger });
    const call = { ...ended, summary };
    if (this.#stopped) return; // the next start wraps it up
    await Promise.all([
      recorder.write(() => this.#leave(call)),
      log.append(call.id, { type: 'summarised', summary, by }),
    ]);
    worker.nudge();
  }

  #leave(call: CallView): void {
    const { contacts, outbox, desk, clock } = this.#deps;
    const now = clock.now();
    if (call.contact.id !== null) {
      contacts.addNote(call.contact.id, call.id, now, call.summary ?? '');
      const name = call.form.name ?? call.message?.name;
      if (name !== undefined) contacts.setNameIfEmpty(call.contact.id, name);
    }
    const workflow = call.workflowId === null ? undefined : desk().workflowById.get(call.workflowId);
    if (workflow?.afterCallWebhook === undefined) return;
    outbox.add({
      id: randomUUID(),
      kind: 'after-call',
      callId: call.id,
      url: workflow.afterCallWebhook,
      body: JSON.stringify(afterCallPayload(call, workflow)),
      state: 'waiting',
      attempts: 0,
      nextAt: now,
      lastProblem: null,
      createdAt: now,
    });
  }
}
