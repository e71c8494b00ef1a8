const overStatuses: ReadonlySet<string> = new Set(['completed', 'canceled', 'failed', 'busy', 'no-answer']);

/** Whether a call is over, by Twilio's CallStatus (Twilio, Call resource, "Call Status Values"). */
export function isCallOver(status: string | undefined): boolean {
  return status !== undefined && overStatuses.has(status);
}
