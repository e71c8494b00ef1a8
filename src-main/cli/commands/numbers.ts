import type { NumberPlan, TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import { nameOf } from '../../core/numbers/number-words.ts';
import { argsOf, type Command, type CommandCall, followed, UsageError } from '../command.ts';

/** While Twilio can't be asked, what is half done or leads elsewhere is said all the same. */
async function numbersOf({ client, print, flags }: CommandCall): Promise<TwilioNumber[]> {
  try {
    return await client.numbers.list();
  } catch (thrown) {
    if (!flags.json) for (const warning of (await client.app.status()).warnings) print(`! ${warning}`);
    throw thrown;
  }
}

async function numberOf(call: CommandCall, given: string): Promise<TwilioNumber> {
  const numbers = await numbersOf(call);
  const found = numbers.find(({ number, sid }) => number === given || sid === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `${given} is not a number of this account; it has ${numbers.map(({ number }) => number).join(', ') || 'none'}`,
  );
}

function showPlan({ print }: CommandCall, plan: NumberPlan): void {
  for (const { setting, now, patchbay } of plan.changes) {
    print(
      `${nameOf(setting)}: ${now === '' ? '(nothing)' : now} → ${patchbay === '' ? '(nothing)' : patchbay}`,
    );
  }
  if (plan.changes.length === 0) print('Nothing would change.');
  for (const warning of plan.warnings) print(`! ${warning}`);
}

const list: Command = {
  words: 'numbers',
  about: 'lists the account’s numbers, what they are attached to, and what was changed since',
  async run(call) {
    const { print, flags } = call;
    const numbers = await numbersOf(call);
    if (flags.json) print(JSON.stringify(numbers, null, 2));
    else for (const number of numbers) for (const line of linesOf(number)) print(line);
    return 0;
  },
};

function linesOf({ number, name, voice, attachment }: TwilioNumber): string[] {
  const attached = attachment === null ? 'not attached' : `${attachment.state} → ${attachment.workflowId}`;
  return [
    `${number}  ${attached}  ${name}${voice ? '' : ' (takes no calls)'}`,
    ...(attachment?.problem ? [`  ! ${attachment.problem}`] : []),
    ...(attachment?.drift ?? []).map(
      ({ setting, now, patchbay }) => `  ! ${nameOf(setting)} is “${now}”; Patchbay set “${patchbay}”`,
    ),
  ];
}

const attach: Command = {
  words: 'numbers attach',
  takes: 'NUMBER WORKFLOW [--yes]',
  about: 'points a number at Patchbay; says first what it overwrites',
  async run(call) {
    const [given = '', workflowId = ''] = argsOf(attach, call.args, 2);
    const { sid, number } = await numberOf(call, given);
    const plan = await call.client.numbers.planAttach({ sid, workflowId });
    showPlan(call, plan);
    if (!(await call.confirm(`Attach ${number} to ${workflowId}?`))) return 1;
    await followed(call.print, await call.client.numbers.attach({ sid, workflowId, token: plan.token }));
    call.print(`${number} is attached to ${workflowId}.`);
    return 0;
  },
};

const detach: Command = {
  words: 'numbers detach',
  takes: 'NUMBER [--yes]',
  about: 'gives a number back as it was before it was attached',
  async run(call) {
    const [given = ''] = argsOf(detach, call.args, 1);
    const { sid, number } = await numberOf(call, given);
    const plan = await call.client.numbers.planDetach({ sid });
    showPlan(call, plan);
    if (!(await call.confirm(`Detach ${number}?`))) return 1;
    await followed(call.print, await call.client.numbers.detach({ sid, token: plan.token }));
    call.print(`${number} is detached.`);
    return 0;
  },
};

const repair: Command = {
  words: 'numbers repair',
  takes: 'NUMBER [--yes]',
  about: 'puts Patchbay’s settings back where someone changed them; says first what it overwrites',
  async run(call) {
    const [given = ''] = argsOf(repair, call.args, 1);
    const { sid, number } = await numberOf(call, given);
    const plan = await call.client.numbers.planRepair({ sid });
    showPlan(call, plan);
    if (!(await call.confirm(`Repair ${number}?`))) return 1;
    const repaired = await call.client.numbers.repair({ sid, token: plan.token });
    for (const line of linesOf(repaired)) call.print(line);
    return 0;
  },
};

export const numberCommands: readonly Command[] = [list, attach, detach, repair];
