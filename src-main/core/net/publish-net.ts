import type { NetRow } from '../database/nets.ts';
import { messageOf, ProblemError, TwilioRequestError } from '../errors.ts';
import type { HostedAnswer, TwilioRest } from '../twilio/twilio-rest.ts';
import { functionFor } from './net-answers.ts';
import { type NetAnswer, netPath } from './net-function.ts';
import type { NetHosting } from './net-hosting.ts';
import { netProblems } from './net-problems.ts';
import { answersAsWanted } from './what-would-happen.ts';

export interface Publication {
  hosting: NetHosting;
  twilio: Pick<TwilioRest, 'fetchHosted'>;
  /** Writes down how far it has come, before the next step. Throws when Patchbay stops: nothing more is asked then. */
  save: (row: NetRow) => void;
  onStep: (says: string) => void;
  /** Ends early, by rejecting, when Patchbay stops. */
  wait: (ms: number) => Promise<void>;
  now: () => number;
  /** Something could not be removed; it is tried again with the next publication. */
  onLeftOver: (facts: Record<string, unknown>) => void;
}

/** Twilio names no usual time; a Function without packages of its own takes some seconds. */
const buildPollMs = 1_000;
const buildPolls = 180;

/** Between looks at what is served after a deployment: a minute in all. */
const verifyWaitsMs = [1_000, 2_000, 3_000, 5_000, 8_000, 13_000, 13_000, 15_000];

/** Asks the net as Twilio would, when it can't reach Patchbay with a call that has just come in. */
export function askNet(
  twilio: Pick<TwilioRest, 'fetchHosted'>,
  url: string,
  call: { number: string; accountSid: string },
  more: Readonly<Record<string, string>> = {},
): Promise<HostedAnswer> {
  return twilio.fetchHosted(url, {
    AccountSid: call.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: `CA${'0'.repeat(32)}`,
    CallStatus: 'ringing',
    Direction: 'inbound',
    To: call.number,
    Called: call.number,
    ...more,
  });
}

/** The net's page, the fallback URL of every attached number. */
export function netUrlOf(domain: string): string {
  return `https://${domain}${netPath}`;
}

/**
 * Brings the net in an account from `before` to these answers: service, environment, Function, version, build, deployment,
 * and proof that Twilio answers with it. What an earlier try has made is used; what was in force stays so until the new
 * one is deployed.
 * @returns the row of what is published now. @throws TwilioRequestError, ProblemError, or what `save` and `wait` throw.
 */
export async function publishNet(
  tools: Publication,
  before: NetRow,
  answers: readonly NetAnswer[],
): Promise<NetRow> {
  const { hosting, onStep } = tools;
  const wanted = functionFor(answers);
  const isSame = functionFor(before.answers).hash === wanted.hash;
  let row: NetRow = before;
  const save = (changes: Partial<NetRow>) => {
    row = { ...row, ...changes };
    tools.save(row);
  };

  if (before.contentHash === wanted.hash && before.domain !== null && before.functionSid !== null) {
    onStep('Asking the net what it would answer.');
    if (await isServed(tools, before, answers, wanted.version)) {
      save({ state: 'published', verifiedAt: tools.now(), problem: null });
      await tidy(tools, row);
      onStep('The net is already published and answers as it should.');
      return row;
    }
  }

  const unbuilt = { versionSid: null, buildSid: null };
  save({ state: 'publishing', answers: [...answers], problem: null, ...(isSame ? {} : unbuilt) });

  onStep('Making sure that there is a place for the net in the Twilio account.');
  const serviceSid = await hosting.service();
  if (serviceSid !== row.serviceSid) save({ serviceSid, ...unbuilt });
  const environment = await hosting.environment(serviceSid);
  save({ environmentSid: environment.sid, domain: environment.domain });
  const functionSid = await hosting.function(serviceSid);
  if (functionSid !== row.functionSid) save({ functionSid, ...unbuilt });

  const buildSid = await completedBuild(tools, row, save, wanted.source);

  onStep('Putting the net in force.');
  await hosting.deploy(serviceSid, environment.sid, buildSid);
  save({ contentHash: wanted.hash, publishedAt: tools.now(), verifiedAt: null });

  onStep('Asking the net what it would answer.');
  let served = await isServed(tools, row, answers, wanted.version);
  for (const ms of verifyWaitsMs) {
    if (served) break;
    await tools.wait(ms);
    served = await isServed(tools, row, answers, wanted.version);
  }
  if (!served) {
    // The next try looks once more, and then builds anew: this build has had its chance.
    save(unbuilt);
    throw new ProblemError(netProblems.notServed);
  }
  save({ state: 'published', verifiedAt: tools.now() });
  await tidy(tools, row);
  onStep(`The net is published: Twilio answers for ${count(answers.length)} without this computer.`);
  return row;
}

/** The build of this source: the one that was begun already, or a new one. */
async function completedBuild(
  tools: Publication,
  row: NetRow,
  save: (changes: Partial<NetRow>) => void,
  source: string,
): Promise<string> {
  const { hosting, onStep, wait } = tools;
  const { serviceSid, functionSid } = row;
  if (serviceSid === null || functionSid === null) throw new Error('a build needs a service and a Function');
  let { versionSid, buildSid } = row;
  if (buildSid !== null && (await hosting.buildStatus(serviceSid, buildSid)) === 'gone') buildSid = null;
  if (buildSid === null) {
    if (versionSid === null) {
      onStep(`Uploading what to answer for ${count(row.answers.length)}.`);
      versionSid = await hosting.upload(serviceSid, functionSid, source);
      save({ versionSid, buildSid: null });
    }
    onStep('Asking Twilio to build the net.');
    try {
      buildSid = await hosting.build(serviceSid, versionSid);
    } catch (thrown) {
      // A version that Twilio does not take will not be taken later either.
      if (thrown instanceof TwilioRequestError && !thrown.retryable) save({ versionSid: null });
      throw thrown;
    }
    save({ buildSid });
  }
  for (let polls = 0; ; polls++) {
    const status = await hosting.buildStatus(serviceSid, buildSid);
    if (status === 'completed') return buildSid;
    if (status !== 'building') {
      save({ versionSid: null, buildSid: null });
      throw new ProblemError(netProblems.buildFailed);
    }
    if (polls === buildPolls) throw new ProblemError(netProblems.buildTooSlow);
    if (polls % 15 === 5) onStep('Twilio is still building the net.');
    await wait(buildPollMs);
  }
}

/** Whether Twilio answers for every number as it should. A page that can't be fetched is not served yet. */
async function isServed(
  { twilio }: Publication,
  { domain, accountSid }: NetRow,
  answers: readonly NetAnswer[],
  version: string,
): Promise<boolean> {
  if (domain === null) return false;
  for (const wanted of answers) {
    try {
      const answer = await askNet(twilio, netUrlOf(domain), { number: wanted.number, accountSid });
      if (!answersAsWanted(answer, wanted, version)) return false;
    } catch (thrown) {
      if (thrown instanceof TwilioRequestError) return false;
      throw thrown;
    }
  }
  return true;
}

/** What is left over does no harm to calls, so it never fails a publication. */
async function tidy({ hosting, onLeftOver }: Publication, row: NetRow): Promise<void> {
  const { serviceSid, environmentSid, functionSid } = row;
  if (serviceSid === null || environmentSid === null || functionSid === null) return;
  try {
    const deployed = await hosting.deployed(serviceSid, environmentSid);
    await hosting.tidy(serviceSid, { buildSids: [deployed, row.buildSid], functionSid });
  } catch (thrown) {
    onLeftOver({ serviceSid, problem: messageOf(thrown) });
  }
}

function count(numbers: number): string {
  return numbers === 1 ? 'one number' : `${numbers} numbers`;
}
