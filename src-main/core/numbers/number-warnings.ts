import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { driftOf } from './number-config.ts';
import { driftSays } from './number-words.ts';

/** What the operator should know of a number that Patchbay holds. @param accountSid of the connected account. */
export function rowWarnings(row: AttachedNumber, accountSid: string | null, desk: CompiledDesk): string[] {
  const { number } = row;
  if (row.accountSid !== accountSid) {
    const connected = accountSid === null ? 'no account is connected' : 'another account is connected';
    return [
      `${number} belongs to the Twilio account ${row.accountSid}, and ${connected}: it stays as it is until that account is connected again.`,
    ];
  }
  if (row.state !== 'attached') {
    const what = row.state === 'attaching' ? 'Attaching' : 'Detaching';
    const why = row.problem ?? 'Patchbay was stopped in the middle of it.';
    return [
      `${what} ${number} is not finished: ${why} Patchbay goes on by itself as soon as Twilio answers.`,
    ];
  }
  const drift = row.seen === null ? [] : driftOf(row, row.seen);
  return [
    ...(row.problem === null
      ? []
      : [row.problem.includes(number) ? row.problem : `${number}: ${row.problem}`]),
    ...(drift.length === 0 ? [] : [`${driftSays(number, drift)} Repair it, or detach it.`]),
    ...deskWarnings(row, desk),
  ];
}

function deskWarnings({ number, workflowId }: AttachedNumber, desk: CompiledDesk): string[] {
  const workflow = desk.workflowById.get(workflowId);
  if (desk.workflowByNumber.get(number)?.id === workflowId) return [];
  const now = desk.workflowByNumber.get(number);
  if (now !== undefined)
    return [
      `${number} was attached to the workflow “${workflowId}”; by the desk “${now.id}” answers it now.`,
    ];
  const why = workflow === undefined ? 'is no longer in the desk' : `has the number ${workflow.number} now`;
  return [
    `${number} is attached to the workflow “${workflowId}”, which ${why}: its callers hear that the number is not set up. Set the workflow’s number, or detach ${number}.`,
  ];
}
