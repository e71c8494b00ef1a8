import { type CallPlan, withheldFrom } from './call-plan.ts';
import type { CallStart } from './call-start.ts';

/** The parameters that every request about a call carries (Twilio, "TwiML for Programmable Voice"). */
export function callParameters(about: {
  accountSid: string;
  callSid: string;
  callStatus: string;
  plan: Pick<CallPlan, 'from' | 'to' | 'forwardedFrom' | 'callerName'>;
  start: Pick<CallStart, 'direction' | 'parameters'>;
}): Record<string, string> {
  const { plan, start } = about;
  const from = plan.from ?? withheldFrom;
  const params: Record<string, string> = {
    AccountSid: about.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: about.callSid,
    CallStatus: about.callStatus,
    Direction: start.direction,
    From: from,
    To: plan.to,
    Caller: from,
    Called: plan.to,
  };
  for (const who of ['From', 'To', 'Caller', 'Called']) {
    for (const part of ['City', 'State', 'Zip', 'Country']) params[`${who}${part}`] = '';
  }
  if (plan.from !== null && start.direction === 'inbound') params.StirVerstat = 'TN-Validation-Passed-A';
  if (plan.forwardedFrom !== undefined) params.ForwardedFrom = plan.forwardedFrom;
  if (plan.callerName !== undefined) params.CallerName = plan.callerName;
  return { ...params, ...start.parameters };
}
