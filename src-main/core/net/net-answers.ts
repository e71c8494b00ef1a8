import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { integrationIdOf, type Workflow } from '../../../src-preload/contract/desk.ts';
import { phrasesFor } from '../calls/phrases.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { type NetAnswer, type NetFunction, netFunction } from './net-function.ts';

/**
 * A caller who has waited for Patchbay in vain is worth some rings more than a ring plan may grant. A voicemail that picks
 * up meanwhile is welcome: it takes a message, which the net can't.
 */
const leastRingSeconds = 25;

/** The workflow that answers an attached number: by the desk the one with this number, else the one it was attached to. */
export function workflowFor(
  { number, workflowId }: Pick<AttachedNumber, 'number' | 'workflowId'>,
  desk: CompiledDesk,
): Workflow | undefined {
  return desk.workflowByNumber.get(number) ?? desk.workflowById.get(workflowId);
}

/**
 * What the net has to do for these numbers, as the desk says today. A number whose workflow is no longer in the desk keeps
 * what the net did for it (`kept`) until it is detached: its callers still reach a person.
 */
export function answersFor(
  numbers: readonly Pick<AttachedNumber, 'number' | 'workflowId'>[],
  desk: CompiledDesk,
  kept: readonly NetAnswer[],
): NetAnswer[] {
  return numbers.flatMap((attached) => {
    const { number } = attached;
    const workflow = workflowFor(attached, desk);
    const integration = workflow && desk.integrationById.get(integrationIdOf(workflow))?.integration;
    if (workflow === undefined || integration === undefined) {
      return kept.filter((answer) => answer.number === number);
    }
    const phrases = phrasesFor(workflow.language);
    const answer: NetAnswer = {
      number,
      workflowId: workflow.id,
      destination: integration.staticNumber,
      ringSeconds: Math.max(integration.ring.seconds, leastRingSeconds),
      language: voiceFor(workflow.language),
      sayBefore: phrases.apologyBeforeDial,
      sayNobody: phrases.sorryCallAgain,
    };
    return [answer];
  });
}

/** The Function that does this. */
export function functionFor(answers: readonly NetAnswer[]): NetFunction {
  return netFunction(answers, phrasesFor('en').notSetUp);
}

/**
 * What `<Say>` takes of the languages that there are words in (Twilio, "TwiML: Say", "language"), the usual one first. With
 * another tag, "en" among them, it may fail, and nothing at Twilio would mend that.
 */
const voices = [
  ...['en-US', 'en-AU', 'en-CA', 'en-GB', 'en-IE', 'en-IN', 'en-NZ', 'en-ZA'],
  ...['fr-FR', 'fr-BE', 'fr-CA'],
  ...['es-ES', 'es-MX', 'es-US'],
] as const satisfies readonly VoiceResponse.SayAttributes['language'][];

/** The voice for the words that `phrasesFor` has in this language: English ones, for want of others, take an English voice. */
function voiceFor(language: string): string {
  const spoken = voices.filter((voice) => phrasesFor(voice) === phrasesFor(language));
  return spoken.find((voice) => voice.toLowerCase() === language.toLowerCase()) ?? spoken[0] ?? voices[0];
}
