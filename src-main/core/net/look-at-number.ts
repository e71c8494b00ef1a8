import type { NumberNet } from '../../../src-preload/contract/net.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { isGone } from '../twilio/when-gone.ts';
import { workflowFor } from './net-answers.ts';
import type { NetAnswer } from './net-function.ts';
import { netProblems } from './net-problems.ts';
import { askNet, netUrlOf } from './publish-net.ts';
import { afterUrlOf, isNetPage, whatWouldHappen } from './what-would-happen.ts';

/**
 * Asks Twilio how the number is configured and then the net, as Twilio would, what it answers: to a call, and after nobody
 * picked up. Never rejects: what can't be asked is a verdict too.
 */
export async function lookAtNumber(
  { twilio, desk }: { twilio: TwilioRest; desk: () => CompiledDesk },
  attached: AttachedNumber,
  net: { domain: string | null; answers: readonly NetAnswer[]; version: string },
): Promise<NumberNet> {
  const { number, workflowId, accountSid } = attached;
  try {
    const seen = await twilio.ask((client) => client.incomingPhoneNumbers(attached.sid).fetch());
    const config = {
      sid: attached.sid,
      voiceUrl: seen.voiceUrl ?? '',
      voiceFallbackUrl: seen.voiceFallbackUrl ?? '',
      voiceApplicationSid: seen.voiceApplicationSid ?? '',
      trunkSid: seen.trunkSid ?? '',
    };
    const netUrl = net.domain === null ? null : netUrlOf(net.domain);
    const call = { number, accountSid };
    const isOurs = netUrl !== null && isNetPage(config.voiceFallbackUrl, netUrl);
    const first = isOurs ? await askNet(twilio, netUrl, call) : null;
    const afterUrl = isOurs && first !== null ? afterUrlOf(first, netUrl) : null;
    const after =
      afterUrl === null ? null : await askNet(twilio, afterUrl, call, { DialCallStatus: 'no-answer' });
    return whatWouldHappen({
      number,
      workflowId,
      config,
      ownVoiceUrl: attached.set.voiceUrl,
      netUrl,
      wanted: net.answers.find((answer) => answer.number === number),
      workflowExists: workflowFor(attached, desk()) !== undefined,
      version: net.version,
      first,
      after,
    });
  } catch (thrown) {
    return notAsked(attached, thrown);
  }
}

/** The verdict on a number when Twilio could not be asked about it. */
export function notAsked(
  { number, workflowId }: Pick<AttachedNumber, 'number' | 'workflowId'>,
  thrown: unknown,
): NumberNet {
  const seen = { number, workflowId, destination: null };
  // Any status of the net's page is an answer, so it is the number that Twilio does not have.
  if (isGone(thrown)) {
    return {
      ...seen,
      verdict: 'broken',
      says: [
        `Twilio no longer has ${number} in this account: its calls come neither to Patchbay nor to the net.`,
      ],
      problem: { ...netProblems.numberGone, code: thrown.code ?? null, status: 404 },
    };
  }
  return {
    ...seen,
    verdict: 'unknown',
    says: [`Twilio could not be asked what it would do with a call to ${number}.`],
    problem: problemOf(thrown),
  };
}
