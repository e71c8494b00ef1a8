import type { Account } from '../../../src-preload/contract/account.ts';
import { type Group, type Integration, integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { Diagnosis, Examination } from '../../../src-preload/contract/doctor.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import type { TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { Verdict } from '../../../src-preload/contract/problem.ts';
import type { Profile } from '../../../src-preload/contract/profile.ts';
import type { AccountService } from '../account/account-service.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { DestinationService } from '../destinations/destination-service.ts';
import { broken, type Finding, warning } from '../destinations/finding.ts';
import type { NetService } from '../net/net-service.ts';
import type { NumberService } from '../numbers/number-service.ts';
import type { Clock, ModelRegistry, Vault } from '../ports.ts';
import type { ProfileService } from '../profile/profile-service.ts';
import type { TunnelService } from '../tunnel/tunnel-service.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import {
  accountFinding,
  credentialsFinding,
  deskFinding,
  destinationFinding,
  listenerFinding,
  modelFinding,
  netFinding,
  notLookedAt,
  numberFinding,
  numbersFinding,
  profileFinding,
  proofFinding,
  reachFinding,
  unprovableFinding,
} from './link-findings.ts';
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

/** Rules may name hundreds of numbers; each costs some questions to Twilio. */
const mostOthers = 20;

/**
 * Looks at every link of the chain in order, from the credentials to the phone that would ring. A link whose
 * foundation is broken is not looked at ("unknown"). Costs nothing and rings nobody. Never rejects: what can't be looked
 * at is a finding.
 */
export async function examine(deps: DoctorDeps): Promise<Examination> {
  const links: Diagnosis[] = [];
  const add = async (id: string, title: string, look: () => Finding | Promise<Finding>): Promise<Verdict> => {
    const finding = await attempt(look);
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
  /** Why Twilio is not asked any more: each further question would wait for it in vain. */
  let noTwilio = account === null ? 'Twilio did not let Patchbay in' : null;
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
      return numbersFinding(numbers);
    });
    if (listed === 'ok') net = await deps.net.status().catch(() => null);
    else noTwilio = 'Twilio did not list the numbers';
  }

  const destinations = destinationFindings(deps);
  for (const workflow of workflows) {
    const integration = deps.desk().integrationById.get(integrationIdOf(workflow))?.integration;
    if (integration === undefined) continue;
    const foundations: Verdict[] = [reachable];
    const look = async (id: string, title: string, finding: () => Finding | Promise<Finding>) => {
      foundations.push(await add(`${id}:${workflow.id}`, title, finding));
    };
    const destination = (number: string) =>
      noTwilio ? notLookedAt(noTwilio) : destinations(integration, number);
    await look('number', `${workflow.number} → ${workflow.name}`, () =>
      noTwilio ? notLookedAt(noTwilio) : numberFinding(workflow, numbers),
    );
    await look('model', `The AI of ${workflow.name}`, () => modelFinding(deps.models, workflow));
    await look('destination', `${integration.name} → ${integration.staticNumber}`, () =>
      destination(integration.staticNumber),
    );
    const others = otherDestinations(integration, deps.desk().desk.groups);
    for (const number of others.slice(0, mostOthers)) {
      await add(`destination:${workflow.id}:${number}`, `${integration.name}, by rule → ${number}`, () =>
        destination(number),
      );
    }
    if (others.length > mostOthers) {
      await add(`destinations:${workflow.id}`, `${integration.name}, by further rules`, () =>
        warning(`${others.length - mostOthers} more numbers, which were not looked at.`, {
          remedy: 'Check or test them one by one.',
        }),
      );
    }
    await add(`net:${workflow.id}`, `The net under ${workflow.number}`, () =>
      noTwilio ? notLookedAt(noTwilio) : netFinding(net, workflow),
    );
    await add(`reach:${workflow.id}`, `A call to ${workflow.number}`, () =>
      reachFinding(foundations, workflow, integration),
    );
  }
  return { verdict: worstOf(links.map(({ verdict }) => verdict)), links, at: deps.clock.now() };
}

async function attempt(look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (thrown) {
    const { says, remedy, link } = problemOf(thrown);
    return broken(says, { remedy, link });
  }
}

async function tunnelFinding({ webhookUrl, tunnel }: DoctorDeps): Promise<Finding> {
  if (webhookUrl() === null) return notLookedAt('Patchbay is not running');
  return unprovableFinding(tunnel.current()) ?? proofFinding(await tunnel.prove());
}

/** Looks at each destination of an integration once, however many workflows share it. */
function destinationFindings({ destinations }: DoctorDeps) {
  const found = new Map<string, Promise<Finding>>();
  return (integration: Integration, number: string): Promise<Finding> => {
    const key = `${integration.id} ${number}`;
    const finding =
      found.get(key) ??
      destinations
        .check({ number, integrationId: integration.id, lineType: false })
        .then((test) => destinationFinding(test));
    found.set(key, finding);
    return finding;
  };
}

/** The numbers beside the static one that rules lead to. */
function otherDestinations({ staticNumber, dynamic }: Integration, groups: readonly Group[]): string[] {
  const named = (dynamic?.rules ?? []).flatMap(({ to }) =>
    to.startsWith('+') ? [to] : (groups.find(({ id }) => id === to)?.numbers ?? []),
  );
  const numbers = named.map((member) => (typeof member === 'string' ? member : member.number));
  return [...new Set(numbers)].filter((number) => number !== staticNumber);
}
