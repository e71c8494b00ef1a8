import type { CallFact, CallView, Decision } from '../../../src-preload/contract/calls.ts';
import type { Integration } from '../../../src-preload/contract/desk.ts';
import type { ContactQueries } from '../database/contacts.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../ports.ts';
import { callerFactsOf } from '../routing/facts-of-call.ts';
import type { RouteService } from '../routing/route-service.ts';
import type { Briefings } from './briefings.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallLog } from './call-log.ts';
import { atMostSeconds, mayTransferAgain } from './ring-plan.ts';

export type TransferRequest = Omit<Extract<CallFact, { type: 'transfer.requested' }>, 'type'>;

type SafetyNet = NonNullable<CallView['safetyNet']>;

export interface HandOverDeps {
  log: CallLog;
  desk: CallDesk;
  routes: Pick<RouteService, 'decide'>;
  contacts: Pick<ContactQueries, 'facts'>;
  briefings: Pick<Briefings, 'prepare'>;
  logger: Logger;
}

/** Decides where callers go and records it: once, and anew when a caller who reached nobody asks again. */
export class HandOver {
  readonly #deps: HandOverDeps;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
  }

  /** Resolves when the decision is recorded; a second request for the same call waits for the first. Never rejects. */
  decide(callId: string, request: TransferRequest): Promise<void> {
    const underWay = this.#underWay.get(callId);
    if (underWay !== undefined) return underWay;
    const decided = this.#decide(callId, request)
      .catch((thrown: unknown) => {
        this.#deps.logger.error('A transfer could not be decided', { callId, problem: messageOf(thrown) });
      })
      .finally(() => this.#underWay.delete(callId));
    this.#underWay.set(callId, decided);
    return decided;
  }

  /** Resolves when no decision about this call is under way. */
  async settled(callId: string): Promise<void> {
    await this.#underWay.get(callId);
  }

  async #decide(callId: string, request: TransferRequest): Promise<void> {
    const { log, desk, briefings } = this.#deps;
    const before = log.view(callId);
    if (before === undefined) return;
    const asksAgain = before.phase === 'taking-message' && mayTransferAgain(before);
    if (before.decision !== null && !asksAgain) return;
    // A stop between request and decision leaves the request without one; it still counts.
    if (before.transfer === null || before.decision !== null) {
      void log.append(callId, { type: 'transfer.requested', ...request });
    }
    briefings.prepare(callId);
    const call = log.view(callId);
    if (call === undefined || call.safetyNet === null) return;
    const { cause } = call.transfer ?? request;
    const decision = await this.#decisionFor(call, call.safetyNet, cause);
    const { rules } = desk.standingOf(call);
    await log.append(callId, {
      type: 'transfer.decided',
      decision: { ...decision, atMostSeconds: atMostSeconds(decision, call.rung, rules) },
    });
  }

  async #decisionFor(call: CallView, net: SafetyNet, cause: TransferRequest['cause']): Promise<Decision> {
    if (cause === 'model-error' || cause === 'relay-failed') {
      return fallback(net, 'The AI could not go on', call.modelFailed ?? 'the connection to the AI failed');
    }
    const integration = this.#deps.desk.integrationOf(call);
    if (integration === undefined) {
      return fallback(net, 'The workflow is gone', 'the workflow was removed from the desk during the call');
    }
    try {
      return await this.#route(call, integration);
    } catch (thrown) {
      this.#deps.logger.error('A route could not be decided', {
        callId: call.id,
        problem: messageOf(thrown),
      });
      return fallback(net, 'The way to a destination failed', messageOf(thrown));
    }
  }

  #route(call: CallView, integration: Integration): Decision | Promise<Decision> {
    const { routes, contacts } = this.#deps;
    const tags = call.from === null ? [] : contacts.facts(call.from).tags;
    // Known means known before this call, which has made the contact meanwhile.
    const contact = { known: call.contact.known, tags };
    return routes.decide(integration.id, { ...callerFactsOf(call), contact }, call.id);
  }
}

/** The static number, because what should have led to a destination failed. */
function fallback(net: SafetyNet, what: string, fallbackReason: string): Decision {
  return {
    integrationId: net.integrationId,
    destinations: [net.staticNumber],
    via: 'fallback',
    why: `${what}, so the static number is rung.`,
    fallbackReason,
    tookMs: 0,
  };
}
