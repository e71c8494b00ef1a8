import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import { phrasesFor } from '../calls/phrases.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { type NetAnswer, type NetFunction, netFunction } from './net-function.ts';

/** A caller who has waited for Patchbay in vain is worth some rings more than a ring plan may grant. */
const leastRingSeconds = 25;

/**
 * What the net has to do for these numbers, as the desk says today. A number whose workflow is no longer in the desk keeps
 * what the net did for it (`kept`) until it is detached: its callers still reach a person.
 */
export function answersFor(
  numbers: readonly Pick<AttachedNumber, 'number' | 'workflowId'>[],
  desk: CompiledDesk,
  kept: readonly NetAnswer[],
): NetAnswer[] {
  return numbers.flatMap(({ number, workflowId }) => {
    const workflow = desk.workflowById.get(workflowId);
    const integration = workflow && desk.integrationById.get(integrationIdOf(workflow))?.integration;
    if (workflow === undefined || integration === undefined) {
      return kept.filter((answer) => answer.number === number && answer.workflowId === workflowId);
    }
    const phrases = phrasesFor(workflow.language);
    const answer: NetAnswer = {
      number,
      workflowId,
      destination: integration.staticNumber,
      ringSeconds: Math.max(integration.ring.seconds, leastRingSeconds),
      language: languageOfPhrases(workflow.language),
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

/** English words, for want of others, are said by an English voice. */
function languageOfPhrases(language: string): string {
  const isEnglishForWant = phrasesFor(language) === phrasesFor('en') && !/^en(-|$)/i.test(language);
  return isEnglishForWant ? 'en-US' : language;
}
