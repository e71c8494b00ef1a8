import type { LiveUpdate } from '../../../src-preload/contract/api.ts';
import type { CallEvent, CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import type { CallQueries } from '../database/calls.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { rebuildCall, reduceCall } from './call-state.ts';
import type { Durability, Recorder } from './recorder.ts';

interface KnownCall {
  view: CallView;
  /** TwiML by the step that it answered. */
  answers: Map<string, string>;
  /** Unix time of its last fact. */
  lastAt: number;
}

type Listener = (update: LiveUpdate) => void;

/** Ended calls that stay in memory, for the callbacks that Twilio sends late. */
const recentlyEnded = 200;

/**
 * The log of the calls: appends facts, keeps each open call's present view, and tells listeners once a fact is
 * recorded. A call that ended long ago is read from the database again.
 */
export class CallLog {
  readonly #queries: CallQueries;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #known = new Map<string, KnownCall>();
  readonly #ended: string[] = [];
  readonly #idBySid = new Map<string, string>();
  readonly #listeners = new Set<Listener>();

  constructor(deps: { queries: CallQueries; recorder: Recorder; clock: Clock; logger: Logger }) {
    this.#queries = deps.queries;
    this.#recorder = deps.recorder;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** Rebuilds the calls that were open when Patchbay last stopped. @returns how many there are. */
  restore(): number {
    for (const { callId, events } of this.#queries.openCallEvents()) {
      try {
        const view = rebuildCall(events);
        if (view === null || view.phase === 'ended') continue;
        this.#known.set(callId, {
          view,
          answers: answersIn(events),
          lastAt: events.at(-1)?.at ?? view.startedAt,
        });
        this.#idBySid.set(view.callSid, callId);
      } catch (thrown) {
        // One damaged log must not keep the others, and Patchbay itself, from going on.
        this.#logger.error('A call could not be rebuilt', { callId, problem: messageOf(thrown) });
      }
    }
    return this.#known.size;
  }

  openCalls(): CallView[] {
    return [...this.#known.values()].map(({ view }) => view).filter(({ phase }) => phase !== 'ended');
  }

  /** The open call, or undefined when it has ended or never was. */
  view(callId: string): CallView | undefined {
    const view = this.#known.get(callId)?.view;
    return view?.phase === 'ended' ? undefined : view;
  }

  /** The call, open or ended; undefined when it never was. */
  find(callId: string): CallView | undefined {
    return this.#known.get(callId)?.view ?? rebuildCall(this.#queries.eventsOf(callId)) ?? undefined;
  }

  /** Unix time of an open call's last fact, in milliseconds. */
  lastFactAt(callId: string): number {
    return this.#known.get(callId)?.lastAt ?? 0;
  }

  /** Patchbay's id of the call that Twilio calls `callSid`, open or ended. */
  idOf(callSid: string): string | undefined {
    return this.#idBySid.get(callSid) ?? this.#queries.idBySid(callSid);
  }

  /** The TwiML that answered this step of the call already, whether the call is still open or not. */
  answerOf(callId: string, step: string): string | undefined {
    const known = this.#known.get(callId);
    return (known?.answers ?? answersIn(this.#queries.eventsOf(callId))).get(step);
  }

  /** Begins a call with its "received" fact, and what is known with it. */
  begin(
    callId: string,
    received: Extract<CallFact, { type: 'received' }>,
    ...more: CallFact[]
  ): Promise<Durability> {
    return this.#append(callId, null, [received, ...more]);
  }

  /**
   * Appends facts to a call. The call's view has them at once; the promise resolves when they are on disk (or kept
   * for later, when the database is locked). It never rejects: a call goes on when its log can't.
   */
  async append(callId: string, ...facts: CallFact[]): Promise<Durability> {
    const view = this.find(callId);
    if (view !== undefined) return this.#append(callId, view, facts);
    this.#logger.error('Facts belong to no call', { callId, facts: facts.map(({ type }) => type) });
    return 'deferred';
  }

  /** Passes on what the AI is saying right now; it is not a fact yet. */
  speaking(callId: string, text: string): void {
    this.#publish({ kind: 'speaking', callId, text });
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #append(callId: string, before: CallView | null, facts: CallFact[]): Promise<Durability> {
    const at = this.#clock.now();
    const updates: Extract<LiveUpdate, { kind: 'event' }>[] = [];
    let view = before;
    for (const fact of facts) {
      const event: CallEvent = { callId, seq: (view?.lastSeq ?? 0) + 1, at, fact };
      view = reduceCall(view, event);
      updates.push({ kind: 'event', event, call: view });
    }
    if (view === null) return 'durable';
    const after = view;
    this.#keep(callId, after, facts, at);
    const durability = await this.#write(callId, () => {
      this.#queries.saveView(after);
      for (const { event } of updates) this.#queries.insertEvent(event);
    });
    for (const update of updates) this.#publish(update);
    return durability;
  }

  async #write(callId: string, work: () => void): Promise<Durability> {
    try {
      return await this.#recorder.write(work);
    } catch (thrown) {
      this.#logger.error('Facts of a call could not be recorded', { callId, problem: messageOf(thrown) });
      return 'deferred';
    }
  }

  #keep(callId: string, view: CallView, facts: readonly CallFact[], lastAt: number): void {
    const isNew = view.lastSeq === facts.length;
    const answers = () => (isNew ? new Map<string, string>() : answersIn(this.#queries.eventsOf(callId)));
    const known = this.#known.get(callId) ?? { view, answers: answers(), lastAt };
    const wasOpen = known.view.phase !== 'ended' || !this.#known.has(callId);
    Object.assign(known, { view, lastAt });
    for (const fact of facts) if (fact.type === 'answered') known.answers.set(fact.step, fact.twiml);
    this.#known.set(callId, known);
    this.#idBySid.set(view.callSid, callId);
    if (view.phase === 'ended' && wasOpen) this.#ended.push(callId);
    this.#forgetLongEnded();
  }

  #forgetLongEnded(): void {
    // While the database can't be written, the memory is the only place that has them.
    while (this.#ended.length > recentlyEnded && this.#recorder.backlog === 0) {
      const callId = this.#ended.shift();
      const known = callId === undefined ? undefined : this.#known.get(callId);
      if (callId === undefined || known === undefined) continue;
      this.#known.delete(callId);
      this.#idBySid.delete(known.view.callSid);
    }
  }

  #publish(update: LiveUpdate): void {
    for (const listener of this.#listeners) {
      try {
        listener(update);
      } catch (thrown) {
        this.#logger.error('A listener of the call log failed', { problem: messageOf(thrown) });
      }
    }
  }
}

function answersIn(events: readonly CallEvent[]): Map<string, string> {
  return new Map(
    events.flatMap(({ fact }) => (fact.type === 'answered' ? [[fact.step, fact.twiml] as const] : [])),
  );
}
