import type { PlacedCall } from './placed-call.ts';
import { type RelayEnd, RelaySession } from './relay-session.ts';
import { type TwimlElement, TwimlError } from './twiml.ts';

/**
 * Runs a `<Connect>`: the caller talks with the AI until one of them ends it.
 * @returns the parameters for its action.
 * @throws CallError 64101 | 64102 for an address that Twilio would not connect to.
 */
export async function connect(call: PlacedCall, verb: TwimlElement): Promise<Record<string, string>> {
  const element = verb.children[0];
  if (element === undefined) throw new TwimlError(12200, '<Connect> connects to nothing');
  const { plan, line, time, trace, watch } = call;
  const session = new RelaySession({
    element,
    address: line.webhooks.relayAddress(element.attributes.url ?? ''),
    call: {
      callSid: call.callSid,
      accountSid: line.account.sid,
      from: call.from,
      to: plan.to,
      forwardedFrom: plan.forwardedFrom ?? '',
      callerName: plan.callerName ?? '',
    },
    time,
    trace,
    watch,
    onProblem: (problem) => call.addProblem(problem),
  });
  const hangUp = (): void => session.hangUp();
  const { stop } = call;
  stop.addEventListener('abort', hangUp);
  call.enter({ at: 'relay', session });
  const end = await session.ended;
  stop.removeEventListener('abort', hangUp);
  call.enter({ at: 'twilio' });
  trace.add('twilio', `the relay session is over: ${end.status}`);
  if (end.status === 'failed') call.report(end.errorCode, end.errorMessage);
  return {
    SessionId: session.sessionId,
    SessionStatus: end.status,
    SessionDuration: String(session.seconds),
    ...resultOf(end),
  };
}

function resultOf(end: RelayEnd): Record<string, string> {
  switch (end.status) {
    case 'ended':
      return end.handoffData === undefined ? {} : { HandoffData: end.handoffData };
    case 'completed':
      return {};
    case 'failed':
      return { ErrorCode: String(end.errorCode), ErrorMessage: end.errorMessage };
  }
}
