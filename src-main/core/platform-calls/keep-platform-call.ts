import type { ContactQueries } from '../database/contacts.ts';
import type { TransferQueries } from '../database/transfers.ts';
import { chooseTransfer, sameCallMs, transferWindow } from './choose-transfer.ts';
import type { KeptCall } from './read-platform-call.ts';

export interface KeepPlatformCallDeps {
  transfers: Pick<TransferQueries, 'open' | 'keep'>;
  contacts: Pick<ContactQueries, 'byNumber' | 'addNote'>;
}

/**
 * Keeps what a platform told of a call, joined with the transfer that it belongs to, and leaves its summary with the
 * contact, where there is one. Reads and writes in one go: to be run within a transaction. A call that is there already
 * stays as it is.
 */
export function keepPlatformCall(
  { transfers, contacts }: KeepPlatformCallDeps,
  integrationId: string,
  call: KeptCall,
): void {
  // The person is at the far end of a call that the platform placed, so the other number is tried too.
  const callers = [call.from, ...(call.to === null ? [] : [call.to])];
  let person = call.from;
  let transferId: number | null = null;
  for (const caller of callers) {
    const open = transfers.open({ integrationId, caller, sameCallMs, ...transferWindow(call) });
    transferId = chooseTransfer(open, caller, call);
    if (transferId === null) continue;
    person = caller;
    break;
  }
  if (!transfers.keep(integrationId, call, transferId)) return;
  const contact = person === null ? undefined : contacts.byNumber(person);
  if (contact === undefined || call.summary === '') return;
  contacts.addNote(contact.id, call.callId, call.receivedAt, call.summary);
}
