import type { CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import { type Integration, integrationIdOf, type Workflow } from '../../../src-preload/contract/desk.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever } from '../errors.ts';
import type { Standing } from './next-step.ts';
import { type Phrases, phrasesFor } from './phrases.ts';

/** What is known of phone numbers beside the desk. */
export interface KnownNumbers {
  /** Whether calls to this number come to Patchbay: it is never rung. */
  isOwnNumber: (number: string) => boolean;
  /** How long a destination may ring instead of `seconds`, so that its voicemail does not take the caller. */
  ringSecondsFor: (destination: string, seconds: number) => number;
}

/** How a call rings whose integration has left the desk. */
const standardRing = { seconds: 20, screen: false, briefing: false, warm: false };

/** What the desk in force says for one call. A workflow can be gone in the middle of its call. */
export class CallDesk {
  readonly #desk: () => CompiledDesk;
  readonly #numbers: KnownNumbers;

  constructor(desk: () => CompiledDesk, numbers: KnownNumbers) {
    this.#desk = desk;
    this.#numbers = numbers;
  }

  workflowFor(number: string): Workflow | undefined {
    return this.#desk().workflowByNumber.get(number);
  }

  /** What a call that this integration hands over keeps, whatever happens to the desk meanwhile. */
  safetyNetOf(integrationId: string): CallView['safetyNet'] {
    const integration = this.#desk().integrationById.get(integrationId)?.integration;
    return integration === undefined
      ? null
      : { integrationId: integration.id, staticNumber: integration.staticNumber };
  }

  workflowOf(call: CallView): Workflow | undefined {
    return call.workflowId === null ? undefined : this.#desk().workflowById.get(call.workflowId);
  }

  /** The workflow's; of a caller whom a platform handed over, the one that the platform asked for. */
  integrationOf(call: CallView): Integration | undefined {
    const workflow = this.workflowOf(call);
    const id = call.handedOver?.integrationId ?? (workflow && integrationIdOf(workflow));
    return id === undefined ? undefined : this.#desk().integrationById.get(id)?.integration;
  }

  /** What the next step of a call depends on. */
  standingOf(call: CallView): Standing {
    const { isOwnNumber, ringSecondsFor } = this.#numbers;
    const integration = this.integrationOf(call);
    const noAnswer = integration?.noAnswer ?? ['message'];
    const { seconds, screen, briefing, warm } = integration?.ring ?? standardRing;
    return {
      aiIsThere: this.workflowOf(call) !== undefined,
      noAnswer,
      rules: {
        seconds,
        screen,
        briefing,
        warm,
        rungNext: noAnswer.includes('next'),
        staticNumber: call.safetyNet?.staticNumber ?? null,
        isForbidden: (number) => comesFrom(number, call, integration) || isOwnNumber(number),
        secondsFor: ringSecondsFor,
      },
    };
  }

  languageOf(call: CallView): string {
    return this.workflowOf(call)?.language ?? 'en-US';
  }

  phrasesOf(call: CallView): Phrases {
    return phrasesFor(this.languageOf(call));
  }

  /** What the caller hears first in a relay session. */
  greetingFor(call: CallView, purpose: RelayPurpose): string {
    const phrases = this.phrasesOf(call);
    switch (purpose) {
      case 'conversation':
        return this.workflowOf(call)?.greeting ?? phrases.sorryGoodbye;
      case 'resumed':
        return phrases.resumed;
      case 'message':
        return phrases.nobodyPickedUp;
      default:
        return assertNever(purpose);
    }
  }
}

/** Rung, such a number would lead the call back to where it comes from: to the caller, or to the platform and its AI. */
function comesFrom(number: string, call: CallView, integration: Integration | undefined): boolean {
  if (number === call.from || number === call.to) return true;
  return call.handedOver !== null && [call.handedOver.called, integration?.platformNumber].includes(number);
}
