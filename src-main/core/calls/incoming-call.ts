import type { CallFact } from '../../../src-preload/contract/calls.ts';
import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { ArrivedTransfer } from '../awaited-calls/awaited-calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { CallDesk } from './call-desk.ts';

/** A call as Twilio's voice webhook announces it, with numbers in E.164. */
export interface IncomingCall {
  callSid: string;
  accountSid: string;
  from: string | null;
  to: string;
  forwardedFrom?: string | undefined;
  callerName?: string | undefined;
  stirVerstat?: string | undefined;
  /** With it phones may be rung over REST that see the caller's number. */
  callToken?: string | undefined;
}

export interface ReceivedDeps {
  desk: CallDesk;
  contacts: Pick<ContactQueries, 'ensure'>;
  clock: Clock;
  logger: Logger;
}

/**
 * The first fact of a call, with what the desk and the contacts say about it now. Makes the contact of a caller who was
 * not known before. `arrived`: the transfer of another platform that the call is.
 */
export function receivedFact(
  incoming: IncomingCall,
  arrived: ArrivedTransfer | null,
  deps: ReceivedDeps,
): Extract<CallFact, { type: 'received' }> {
  const { desk } = deps;
  const { callSid, accountSid, to, forwardedFrom, callerName, stirVerstat } = incoming;
  const workflow = desk.workflowFor(to);
  const from = arrived === null ? incoming.from : arrived.caller;
  const contact = contactOf(from, deps);
  const integrationId = arrived?.handedOver.integrationId ?? (workflow && integrationIdOf(workflow));
  // What Twilio knows of a number that is not the caller's says nothing of the caller.
  const isOfCaller = from === incoming.from;
  return {
    type: 'received',
    callSid,
    accountSid,
    from,
    to,
    workflowId: workflow?.id ?? null,
    workflowName: workflow?.name ?? null,
    model: workflow?.model ?? null,
    contactId: contact?.contact.id ?? null,
    contactName: contact?.contact.name ?? null,
    contactKnown: contact?.known ?? false,
    safetyNet: integrationId === undefined ? null : desk.safetyNetOf(integrationId),
    ...(forwardedFrom && { forwardedFrom }),
    ...(callerName && isOfCaller && { callerName }),
    ...(stirVerstat && isOfCaller && { stirVerstat }),
  };
}

/** A database that can't make the contact must not cost the caller the call. */
function contactOf(
  number: string | null,
  { contacts, clock, logger }: ReceivedDeps,
): ReturnType<ContactQueries['ensure']> | undefined {
  if (number === null) return undefined;
  try {
    return contacts.ensure(number, clock.now());
  } catch (thrown) {
    logger.warn('The contact of a call could not be kept', { problem: messageOf(thrown) });
    return undefined;
  }
}
