import type { CallbackPromise, PromiseCounts } from '../../../src-preload/contract/promises.ts';
import { argsOf, type Command, followed, found, moment } from '../command.ts';

function lineOf({ id, caseNumber, contactName, number, reason, dueAt, state }: CallbackPromise): string {
  const who = contactName === null ? number : `${contactName} (${number})`;
  return [`${state.padEnd(7)} by ${moment(dueAt)}`, who, reason, `case ${caseNumber}`, id]
    .filter(Boolean)
    .join('  ');
}

function linesOf(promise: CallbackPromise): string[] {
  const { textProblem } = promise;
  return [
    lineOf(promise),
    ...(textProblem === null ? [] : [`  ! The caller may not have the text: ${textProblem}`]),
  ];
}

function inWords({ open, kept, late, broken }: PromiseCounts): string {
  const all = open + kept + late + broken;
  if (all === 0) return 'Nobody was promised a call back yet.';
  const made = all === 1 ? '1 promise was made' : `${all} promises were made`;
  return `${made}: ${kept} kept in time, ${late} kept late, ${broken} broken, ${open} still open.`;
}

const list: Command = {
  words: 'promises',
  about: 'the call backs that callers were promised, and how many were kept',
  async run({ client, print, flags }) {
    const promises = await client.promises.list({});
    const counts = await client.promises.counts({});
    if (flags.json) {
      print(JSON.stringify({ counts, promises }, null, 2));
      return 0;
    }
    for (const promise of promises) for (const line of linesOf(promise)) print(line);
    print(inWords(counts));
    return 0;
  },
};

const callBack: Command = {
  words: 'promises call',
  takes: 'ID [YOUR_PHONE] [--yes]',
  about: 'rings you (the static number, or the phone you name), then the caller; costs two calls',
  async run(call) {
    const [id = '', phone] = argsOf(callBack, call.args, 1, 2);
    if (!(await call.confirm('Twilio will ring you and then the caller, at the price of two calls. Go on?')))
      return 1;
    const { reached } = await found(async () =>
      followed(call.print, await call.client.promises.callBack({ id, phone })),
    );
    return reached ? 0 : 1;
  },
};

const mark: Command = {
  words: 'promises keep',
  takes: 'ID',
  about: 'notes that you have reached the caller in another way',
  async run(call) {
    const [id = ''] = argsOf(mark, call.args, 1);
    call.print(lineOf(await found(() => call.client.promises.mark({ id }))));
    return 0;
  },
};

export const promiseCommands: readonly Command[] = [list, callBack, mark];
