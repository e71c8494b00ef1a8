import type { Account } from '../../../src-preload/contract/account.ts';
import type { Integration, Workflow } from '../../../src-preload/contract/desk.ts';
import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { DestinationCheck } from '../../../src-preload/contract/destination-test.ts';
import type { Diagnosis, Examination } from '../../../src-preload/contract/doctor.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import type { TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { Verdict } from '../../../src-preload/contract/problem.ts';
import type { Profile } from '../../../src-preload/contract/profile.ts';
import type { AccountService } from '../account/account-service.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { DestinationService } from '../destinations/destination-service.ts';
import { ModelUnavailableError, messageOf } from '../errors.ts';
import type { NetService } from '../net/net-service.ts';
import type { NumberService } from '../numbers/number-service.ts';
import type { Clock, ModelRegistry, Vault } from '../ports.ts';
import type { ProfileService } from '../profile/profile-service.ts';
import type { TunnelService } from '../tunnel/tunnel-service.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import { worstOf } from './worst-of.ts';

export interface DoctorDeps {
  vault: Vault;
  account: Pick<AccountService, 'check' | 'current'>;
  profile: Pick<ProfileService, 'check'>;
  numbers: Pick<NumberService, 'list'>;
  destinations: Pick<DestinationService, 'check'>;
  tunnel: Pick<TunnelService, 'current' | 'prove'>;
  net: Pick<NetService, 'status'>;
  models: ModelRegistry;
  desk: () => CompiledDesk;
  /** The webhook listener's address; null: Patchbay does not listen in this process. */
  webhookUrl: () => string | null;
  clock: Clock;
}

type Finding = Omit<Diagnosis, 'id' | 'title'>;

/**
 * Looks at every link of the chain in order, from the credentials to the phone that would ring. A link whose
 * foundation is broken is not looked at ("unknown"). Never rejects: what can't be looked at is a finding.
 */
export async function examine(deps: DoctorDeps): Promise<Examination> {
  const links: Diagnosis[] = [];
  const add = async (id: string, title: string, look: () => Finding | Promise<Finding>): Promise<Verdict> => {
    let finding: Finding;
    try {
      finding = await look();
    } catch (thrown) {
      finding = broken(problemOf(thrown));
    }
    links.push({ id, title, ...finding });
    return finding.verdict;
  };

  const { workflows } = deps.desk().desk;
  await add('desk', 'Desk', () => deskFinding(workflows));
  const hasCredentials =
    (await add('credentials', 'Credentials', () => credentialsFinding(deps.vault))) === 'ok';

  let account: Account | null = null;
  let profile: Profile | null = null;
  await add('account', 'Twilio account', async () => {
    if (!hasCredentials) return notLookedAt('there are no credentials');
    account = await deps.account.check();
    // What an account may do depends on its profile.
    profile = await deps.profile.check();
    return accountFinding(deps.account.current() ?? account);
  });
  const noTwilio = account === null ? 'Twilio did not let Patchbay in' : null;
  await add('profile', 'Business Profile', () =>
    profile === null ? notLookedAt(noTwilio ?? 'Twilio did not answer') : profileFinding(profile),
  );
  await add('listener', 'Patchbay', () => listenerFinding(deps.webhookUrl()));
  const reachable = await add('tunnel', 'Public address', () => tunnelFinding(deps));

  let numbers: TwilioNumber[] = [];
  let net: Net | null = null;
  if (noTwilio === null && workflows.length > 0) {
    const listed = await add('numbers', 'Numbers', async () => {
      numbers = await deps.numbers.list();
      return ok(`The account has ${count(numbers.length, 'number')}.`);
    });
    if (listed === 'ok') net = await deps.net.status().catch(() => null);
  }

  for (const workflow of workflows) {
    const integration = deps.desk().integrationById.get(integrationIdOf(workflow))?.integration;
    if (integration === undefined) continue;
    const foundations: Verdict[] = [reachable];
    const look = async (id: string, title: string, finding: () => Finding | Promise<Finding>) => {
      foundations.push(await add(`${id}:${workflow.id}`, title, finding));
    };
    await look('number', `${workflow.number} → ${workflow.name}`, () =>
      noTwilio ? notLookedAt(noTwilio) : numberFinding(workflow, numbers),
    );
    await look('model', `The AI of ${workflow.name}`, () => modelFinding(deps.models, workflow));
    await look('destination', `${integration.name} → ${integration.staticNumber}`, () =>
      destinationFinding(deps, integration),
    );
    await add(`net:${workflow.id}`, `The net under ${workflow.number}`, () =>
      noTwilio ? notLookedAt(noTwilio) : netFinding(net, workflow),
    );
    await add(`reach:${workflow.id}`, `A call to ${workflow.number}`, () =>
      reachFinding(foundations, workflow, integration),
    );
  }
  return { verdict: worstOf(links.map(({ verdict }) => verdict)), links, at: deps.clock.now() };
}

function deskFinding(workflows: readonly Workflow[]): Finding {
  if (workflows.length === 0) {
    return broken({
      says: 'No workflow is set up, so no call is answered.',
      remedy: 'Apply a desk file with a workflow and its integration.',
      link: null,
    });
  }
  return ok(`${count(workflows.length, 'workflow')} on the desk.`);
}

function credentialsFinding(vault: Vault): Finding {
  const missing = (['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'] as const).filter((name) => !vault.get(name));
  if (missing.length === 0) return ok('The Account SID and the auth token are there.');
  return broken({
    says: 'No Twilio account is connected.',
    remedy: 'Connect it with the Account SID and auth token from the first page of the Twilio Console.',
    link: 'https://console.twilio.com/',
  });
}

function accountFinding(account: Account): Finding {
  const says = [`${account.name} (${account.type}, ${account.status}).`, ...account.meanings].join(' ');
  if (account.status !== 'active') {
    return broken({
      says,
      remedy: 'Twilio’s support says why, and mends it.',
      link: 'https://console.twilio.com/',
    });
  }
  if (account.type === 'Trial') {
    return warning(
      says,
      'Upgrade the account in the Console before customers call.',
      'https://console.twilio.com/',
    );
  }
  return ok(says);
}

function profileFinding(profile: Profile): Finding {
  const says = [
    `${profile.label}. ${profile.means}`,
    ...profile.reasons.map((reason) => reason.says),
    ...profile.warnings,
  ].join(' ');
  if (profile.status === 'approved' && profile.warnings.length === 0) return ok(says);
  // It warns and breaks nothing: whether calls go through is for the test call to prove.
  return warning(says, profile.next, profile.consoleUrl);
}

function listenerFinding(webhookUrl: string | null): Finding {
  if (webhookUrl !== null) return ok(`Listens at ${webhookUrl}.`);
  return broken({
    says: 'Patchbay is not running.',
    remedy: 'Start it (npm start, or npm run serve) and leave it running: it answers the calls.',
    link: null,
  });
}

async function tunnelFinding(deps: DoctorDeps): Promise<Finding> {
  if (deps.webhookUrl() === null) return notLookedAt('Patchbay is not running');
  const { choice, state, publicUrl, problem } = deps.tunnel.current();
  if (choice.kind === 'off') {
    return broken({
      says: 'Twilio has no way to this computer.',
      remedy: 'Turn ngrok on, or give the https address of your own tunnel or proxy.',
      link: null,
    });
  }
  if (publicUrl === null) {
    return broken(
      problem ?? { says: `The tunnel is ${state}.`, remedy: 'Wait a moment, or try again.', link: null },
    );
  }
  const { proof } = await deps.tunnel.prove();
  if (proof?.http === true && proof.webSocket) return ok(`${publicUrl} leads here, WebSockets too.`);
  return broken({
    says: `${publicUrl} does not lead here: ${proof?.says ?? 'it is not proven'}`,
    remedy: 'Look at the tunnel or proxy; it must pass requests and WebSockets on to the webhook port.',
    link: null,
  });
}

function numberFinding(workflow: Workflow, numbers: readonly TwilioNumber[]): Finding {
  const number = numbers.find((candidate) => candidate.number === workflow.number);
  if (number === undefined) {
    return broken({
      says: `${workflow.number} is not a number of this Twilio account.`,
      remedy: 'Buy it there, or name one of the account’s numbers in the workflow.',
      link: 'https://console.twilio.com/us1/develop/phone-numbers/manage/incoming',
    });
  }
  const { attachment } = number;
  if (attachment === null || attachment.workflowId !== workflow.id) {
    return broken({
      says: `${workflow.number} does not lead to Patchbay.`,
      remedy: `Attach it to the workflow ${workflow.id}.`,
      link: null,
    });
  }
  if (attachment.problem !== null || attachment.state !== 'attached') {
    return broken({
      says:
        attachment.problem ??
        `${workflow.number} is only half ${attachment.state === 'detaching' ? 'detached' : 'attached'}.`,
      remedy: 'Patchbay goes on with it by itself once Twilio can be reached.',
      link: null,
    });
  }
  if (attachment.drift.length > 0) {
    const changed = attachment.drift.map(
      ({ setting, now, patchbay }) => `${setting} is “${now}” and should be “${patchbay}”`,
    );
    return broken({
      says: `Someone changed ${workflow.number} at Twilio: ${changed.join('; ')}.`,
      remedy: 'Repair it, or detach the number.',
      link: `https://console.twilio.com/us1/develop/phone-numbers/manage/incoming/${number.sid}/configure`,
    });
  }
  return ok('Attached; nothing was changed since.');
}

function modelFinding(models: ModelRegistry, workflow: Workflow): Finding {
  try {
    models.model(workflow.model);
  } catch (thrown) {
    const remedy = thrown instanceof ModelUnavailableError ? thrown.remedy : 'Choose another model.';
    return warning(`${messageOf(thrown)} Callers go straight to the static number.`, remedy, null);
  }
  if (!workflow.model.startsWith('rehearsal:')) return ok(`${workflow.model} is set up.`);
  return warning(
    `${workflow.model} is for rehearsing and understands keywords alone.`,
    'Choose a real model before customers call.',
    null,
  );
}

async function destinationFinding(deps: DoctorDeps, integration: Integration): Promise<Finding> {
  const { checks } = await deps.destinations.check({
    number: integration.staticNumber,
    integrationId: integration.id,
    lineType: false,
  });
  const amiss = checks.filter(
    ({ id, verdict }) => verdict !== 'ok' && !(id === 'line-type' && verdict === 'unknown'),
  );
  const [worst] = amiss.toSorted((a, b) => severity(b) - severity(a));
  if (worst === undefined) return ok('Tested, and a person picked up.');
  return {
    // What was not looked at yet, like the test call, is no fault; it should be known all the same.
    verdict: worst.verdict === 'broken' ? 'broken' : 'warning',
    says: amiss.map(({ says }) => says).join(' '),
    remedy: worst.remedy,
    link: worst.link,
  };
}

function severity({ verdict }: DestinationCheck): number {
  return ['ok', 'unknown', 'warning', 'broken'].indexOf(verdict);
}

function netFinding(net: Net | null, workflow: Workflow): Finding {
  const under = net?.numbers.find(({ number }) => number === workflow.number);
  if (under === undefined) return notLookedAt('the number is not attached');
  const says = under.says.join(' ');
  if (under.verdict === 'ok') return ok(says);
  return {
    verdict: under.verdict,
    says,
    remedy: under.problem?.remedy ?? 'Publish the net again.',
    link: under.problem?.link ?? null,
  };
}

function reachFinding(
  foundations: readonly Verdict[],
  workflow: Workflow,
  integration: Integration,
): Finding {
  const verdict = worstOf(foundations);
  if (verdict === 'broken' || verdict === 'unknown') {
    return {
      verdict: 'broken',
      says: `A call to ${workflow.number} would not surely reach ${integration.staticNumber}.`,
      remedy: 'Mend the links above first.',
      link: null,
    };
  }
  const says = `A call to ${workflow.number} would reach ${integration.staticNumber}.`;
  return verdict === 'ok' ? ok(says) : warning(`${says} Something above should be known.`, null, null);
}

function ok(says: string): Finding {
  return { verdict: 'ok', says, remedy: null, link: null };
}

function warning(says: string, remedy: string | null, link: string | null): Finding {
  return { verdict: 'warning', says, remedy, link };
}

function broken({ says, remedy, link }: { says: string; remedy: string; link: string | null }): Finding {
  return { verdict: 'broken', says, remedy, link };
}

function notLookedAt(because: string): Finding {
  return { verdict: 'unknown', says: `Not looked at: ${because}.`, remedy: null, link: null };
}

function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;
}
