import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { driftOf } from './number-config.ts';
import { driftSays, elsewhereSays, interruptedSays } from './number-words.ts';

/**
 * What the operator should know of a number that Patchbay holds.
 * @param connected `accountSid` is the connected account's; `isElsewhere`: the number may lead to an address from before.
 */
export function rowWarnings(
  row: AttachedNumber,
  { accountSid, isElsewhere }: { accountSid: string | null; isElsewhere: boolean },
  desk: CompiledDesk,
): string[] {
  const { number } = row;
  if (row.accountSid !== accountSid) {
    const connected = accountSid === null ? 'no account is connected' : 'another account is connected';
    return [
      `${number} belongs to the Twilio account ${row.accountSid}, and ${connected}: it stays as it is until that account is connected again.`,
    ];
  }
  if (row.state !== 'attached') {
    const what = row.state === 'attaching' ? 'Attaching' : 'Detaching';
    const why = row.problem ?? interruptedSays;
    return [
      `${what} ${number} is not finished: ${why} Patchbay goes on by itself as soon as Twilio answers.`,
    ];
  }
  const drift = row.seen === null ? [] : driftOf(row, row.seen);
  return [
    ...(row.problem === null
      ? []
      : [row.problem.includes(number) ? row.problem : `${number}: ${row.problem}`]),
    ...(isElsewhere && row.problem === null ? [elsewhereSays(number)] : []),
    ...(drift.length === 0 ? [] : [`${driftSays(number, drift)} Repair it, or detach it.`]),
    ...deskWarnings(row, desk),
  ];
}

function deskWarnings({ number, workflowId }: AttachedNumber, desk: CompiledDesk): string[] {
  if (desk.workflowByNumber.has(number)) return [];
  const workflow = desk.workflowById.get(workflowId);
  const why = workflow === undefined ? 'is no longer in the desk' : `has the number ${workflow.number} now`;
  return [
    `${number} is attached to the workflow “${workflowId}”, which ${why}: its callers hear that the number is not set up. Give a workflow of the desk this number, or detach ${number}.`,
  ];
}
