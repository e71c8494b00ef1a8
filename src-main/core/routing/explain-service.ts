import type { CallEvent } from '../../../src-preload/contract/calls.ts';
import type {
  Coverage,
  DecisionExplanation,
  RouteExplanation,
  RouteQuestion,
} from '../../../src-preload/contract/routing.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import { coverageOf } from './coverage.ts';
import { type ExplainWith, explainRoute } from './explain.ts';
import { decisionsOf } from './facts-of-call.ts';
import type { RouteFacts } from './route-facts.ts';
import { UnknownIntegrationError } from './route-service.ts';
import { isSame } from './time-machine.ts';

const weekMs = 7 * 24 * 60 * 60 * 1000;

export interface ExplainServiceDeps extends ExplainWith {
  desk: () => CompiledDesk;
  contacts: Pick<ContactQueries, 'facts'>;
  /** The log of a call by Patchbay's id of it; none for a call that never was. */
  eventsOf: (callId: string) => readonly CallEvent[];
}

/** Explains decisions on the desk in force. Changes nothing: no turn moves, no webhook is asked. */
export class ExplainService {
  readonly #deps: ExplainServiceDeps;

  constructor(deps: ExplainServiceDeps) {
    this.#deps = deps;
  }

  /** Where a made-up caller would be led, and why. @throws UnknownIntegrationError */
  explain(question: RouteQuestion): RouteExplanation {
    const { number, at: now, fields = {}, called = null, workflowId = null } = question;
    const facts = { number, contact: this.#contactOf(question), fields, called, workflowId, now };
    return explainRoute(facts, this.#integration(question.integrationId), this.#deps);
  }

  /** Who could be rung in the week from `from` (Unix milliseconds) on. @throws UnknownIntegrationError */
  coverage(integrationId: string, from: number): Coverage {
    const { state } = this.#deps;
    return coverageOf(this.#integration(integrationId), {
      from,
      until: from + weekMs,
      isAttached: (number) => state.isAttached(number),
    });
  }

  /**
   * The latest decision about a call, on the desk in force with all that the decision went by then.
   * @returns undefined when there is no such call, or nothing was decided about it.
   * @throws UnknownIntegrationError when its integration has left the desk.
   */
  explainCall(callId: string): DecisionExplanation | undefined {
    const { state, secondsFor, contacts } = this.#deps;
    const tagsToday = (number: string) => contacts.facts(number).tags;
    const made = decisionsOf(this.#deps.eventsOf(callId), tagsToday).at(-1);
    if (made === undefined) return undefined;
    const { decision, facts } = made;
    const explanation = explainRoute(facts, this.#integration(decision.integrationId), {
      state: { ...made.state, isAttached: (number) => state.isAttached(number) },
      secondsFor,
    });
    const same = explanation.via === 'webhook' ? decision.via === 'webhook' : isSame(decision, explanation);
    return { callId, decision, explanation, isSame: same };
  }

  #integration(id: string): CompiledIntegration {
    const { integrationById } = this.#deps.desk();
    const compiled = integrationById.get(id);
    if (compiled === undefined) throw new UnknownIntegrationError(id, [...integrationById.keys()]);
    return compiled;
  }

  #contactOf({ number, contact, tags }: RouteQuestion): RouteFacts['contact'] {
    if (number === null || contact === 'new') return { known: false, tags: [] };
    const kept = this.#deps.contacts.facts(number);
    if (tags !== undefined) return { known: true, tags };
    return contact === 'known' ? { known: true, tags: kept.tags } : kept;
  }
}
