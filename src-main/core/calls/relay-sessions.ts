import type { CallView } from '../../../src-preload/contract/calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { Clock, Logger, ModelRegistry } from '../ports.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallLog } from './call-log.ts';
import type { CallTexts } from './call-texts.ts';
import type { HandOver } from './hand-over.ts';
import { type RelayConnection, RelaySession } from './relay-session.ts';
import { mayTransferAgain } from './ring-plan.ts';

export interface RelaySessionsDeps {
  log: CallLog;
  desk: CallDesk;
  contacts: Pick<ContactQueries, 'card'>;
  models: ModelRegistry;
  texts: CallTexts;
  handOver: Pick<HandOver, 'decide'>;
  clock: Clock;
  logger: Logger;
}

/** The conversations of the AI that go on right now, one a call. */
export class RelaySessions {
  readonly #deps: RelaySessionsDeps;
  readonly #sessions = new Map<string, RelaySession>();

  constructor(deps: RelaySessionsDeps) {
    this.#deps = deps;
  }

  /**
   * The call whose relay address this is, as long as it lasts.
   * @returns undefined when the token is no open call's current one.
   */
  callOf(token: string): CallView | undefined {
    return this.#deps.log
      .openCalls()
      .find(({ relay }) => relay !== null && relay.token === token && !relay.over);
  }

  /** The WebSocket of a call's relay is open. A second one for the same session takes the place of the first. */
  connect(call: CallView, connection: RelayConnection): RelaySession | undefined {
    const { log, desk, contacts, models, texts, handOver, clock, logger } = this.#deps;
    const workflow = desk.workflowOf(call);
    const purpose = call.relay?.purpose;
    if (workflow === undefined || purpose === undefined) return undefined;
    this.close(call.id);
    const session = new RelaySession({
      callId: call.id,
      workflow,
      purpose,
      mayTransfer: purpose !== 'message' || mayTransferAgain(call),
      greeting: desk.greetingFor(call, purpose),
      connection,
      log,
      caller: () => contacts.card(call.from, call.id),
      model: () => models.model(workflow.model),
      sendText: (textId) => texts.send(call.id, textId, workflow),
      handOver: (request) => handOver.decide(call.id, request),
      clock,
      logger,
      onClosed: () => {
        if (this.#sessions.get(call.id) === session) this.#sessions.delete(call.id);
      },
    });
    this.#sessions.set(call.id, session);
    return session;
  }

  has(callId: string): boolean {
    return this.#sessions.has(callId);
  }

  close(callId: string): void {
    this.#sessions.get(callId)?.close();
  }

  closeAll(): void {
    for (const session of this.#sessions.values()) session.close();
  }
}
