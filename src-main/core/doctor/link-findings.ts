import type { Account } from '../../../src-preload/contract/account.ts';
import type { Integration, Workflow } from '../../../src-preload/contract/desk.ts';
import type { DestinationCheck, DestinationTest } from '../../../src-preload/contract/destination-test.ts';
import type { Net } from '../../../src-preload/contract/net.ts';
import type { TwilioNumber } from '../../../src-preload/contract/numbers.ts';
import type { Verdict } from '../../../src-preload/contract/problem.ts';
import type { Profile } from '../../../src-preload/contract/profile.ts';
import type { Tunnel } from '../../../src-preload/contract/tunnel.ts';
import { broken, type Finding, ok, unknown, warning } from '../destinations/finding.ts';
import { ModelUnavailableError, messageOf } from '../errors.ts';
import type { ModelRegistry, Vault } from '../ports.ts';
import { consolePages, numberPage } from '../twilio/console-pages.ts';
import { worstOf } from './worst-of.ts';

/** What each link of the chain is worth, from what was seen of it. No I/O. */

/** @param because a sentence part */
export function notLookedAt(because: string): Finding {
  return unknown(`Not looked at: ${because}.`);
}

export function deskFinding(workflows: readonly Workflow[]): Finding {
  if (workflows.length > 0) return ok(`${count(workflows.length, 'workflow')} on the desk.`);
  return broken('No workflow is set up, so no call is answered.', {
    remedy: 'Apply a desk file with a workflow and its integration.',
  });
}

/** @throws VaultError */
export function credentialsFinding(vault: Vault): Finding {
  const missing = (['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'] as const).filter((name) => !vault.get(name));
  if (missing.length === 0) return ok('The Account SID and the auth token are there.');
  return broken('No Twilio account is connected.', {
    remedy: 'Connect it with the Account SID and auth token from the first page of the Twilio Console.',
    link: consolePages.home,
  });
}

export function accountFinding(account: Account): Finding {
  const says = [`${account.name} (${account.type}, ${account.status}).`, ...account.meanings].join(' ');
  if (account.status !== 'active') {
    return broken(says, { remedy: 'Twilio’s support says why, and mends it.', link: consolePages.home });
  }
  if (account.type === 'Trial') {
    return warning(says, {
      remedy: 'Upgrade the account in the Console before customers call.',
      link: consolePages.home,
    });
  }
  // Accounts that are billed afterwards may owe something at any time.
  if (account.balance !== null && account.balance.amount <= 0) {
    return warning(says, {
      remedy: 'Add to the balance in the Console, and turn on auto recharge.',
      link: consolePages.billing,
    });
  }
  return ok(says);
}

export function profileFinding(profile: Profile): Finding {
  const says = [
    `${profile.label}. ${profile.means}`,
    ...profile.reasons.map((reason) => reason.says),
    ...profile.warnings,
  ].join(' ');
  if (profile.status === 'approved' && profile.warnings.length === 0) return ok(says);
  // It warns and breaks nothing: whether calls go through is for the test call to prove.
  return warning(says, { remedy: profile.next, link: profile.consoleUrl });
}

/** @param webhookUrl null: Patchbay does not listen */
export function listenerFinding(webhookUrl: string | null): Finding {
  if (webhookUrl !== null) return ok(`Listens at ${webhookUrl}.`);
  return broken('Patchbay is not running.', {
    remedy: 'Start it (npm start, or npm run serve) and leave it running: it answers the calls.',
  });
}

/** @returns null when there is a public URL, which has to be proven then. */
export function unprovableFinding({ choice, state, publicUrl, problem }: Tunnel): Finding | null {
  if (choice.kind === 'off') {
    return broken('Twilio has no way to this computer.', {
      remedy: 'Turn ngrok on, or give the https address of your own tunnel or proxy.',
    });
  }
  if (publicUrl !== null) return null;
  return broken(problem?.says ?? `The tunnel is ${state}.`, {
    remedy: problem?.remedy ?? 'Wait a moment, or try again.',
    link: problem?.link ?? null,
  });
}

export function proofFinding({ publicUrl, proof }: Tunnel): Finding {
  if (proof?.http === true && proof.webSocket) return ok(`${publicUrl} leads here, WebSockets too.`);
  return broken(`${publicUrl} does not lead here: ${proof?.says ?? 'it is not proven'}`, {
    remedy: 'Look at the tunnel or proxy; it must pass requests and WebSockets on to the webhook port.',
  });
}

export function numbersFinding(numbers: readonly TwilioNumber[]): Finding {
  return ok(`The account has ${count(numbers.length, 'number')}.`);
}

export function numberFinding(workflow: Workflow, numbers: readonly TwilioNumber[]): Finding {
  const number = numbers.find((candidate) => candidate.number === workflow.number);
  if (number === undefined) {
    return broken(`${workflow.number} is not a number of this Twilio account.`, {
      remedy: 'Buy it there, or name one of the account’s numbers in the workflow.',
      link: consolePages.numbers,
    });
  }
  const { attachment } = number;
  if (attachment === null || attachment.workflowId !== workflow.id) {
    return broken(`${workflow.number} does not lead to Patchbay.`, {
      remedy: `Attach it to the workflow ${workflow.id}.`,
    });
  }
  if (attachment.problem !== null || attachment.state !== 'attached') {
    const half = attachment.state === 'detaching' ? 'detached' : 'attached';
    return broken(attachment.problem ?? `${workflow.number} is only half ${half}.`, {
      remedy: 'Patchbay goes on with it by itself once Twilio can be reached.',
    });
  }
  if (attachment.drift.length > 0) {
    const changed = attachment.drift.map(
      ({ setting, now, patchbay }) => `${setting} is “${now}” and should be “${patchbay}”`,
    );
    return broken(`Someone changed ${workflow.number} at Twilio: ${changed.join('; ')}.`, {
      remedy: 'Repair it, or detach the number.',
      link: numberPage(number.sid),
    });
  }
  return ok('Attached; nothing was changed since.');
}

/** Whether the model could be asked; asking it would cost money. */
export function modelFinding(models: ModelRegistry, workflow: Workflow): Finding {
  try {
    models.model(workflow.model);
  } catch (thrown) {
    const remedy = thrown instanceof ModelUnavailableError ? thrown.remedy : 'Choose another model.';
    return warning(`${messageOf(thrown)} Callers go straight to the static number.`, { remedy });
  }
  if (!workflow.model.startsWith('rehearsal:')) return ok(`${workflow.model} is set up.`);
  return warning(`${workflow.model} is for rehearsing and understands keywords alone.`, {
    remedy: 'Choose a real model before customers call.',
  });
}

/** @param test with the checks of just now, and with the latest call */
export function destinationFinding({ checks, calledAt }: DestinationTest): Finding {
  const amiss = checks.filter(
    ({ id, verdict }) => verdict !== 'ok' && !(id === 'line-type' && verdict === 'unknown'),
  );
  const [worst] = amiss.toSorted((a, b) => severity(b) - severity(a));
  if (worst === undefined) return ok(`A person picked up when it was tested${on(calledAt)}.`);
  const says = amiss.map((check) => (check.id === 'call' ? `${check.says}${tested(calledAt)}` : check.says));
  const mending = { remedy: worst.remedy, link: worst.link };
  // What was not looked at yet, like the test call, is no fault; it should be known all the same.
  return worst.verdict === 'broken' ? broken(says.join(' '), mending) : warning(says.join(' '), mending);
}

function tested(calledAt: number | null): string {
  return calledAt === null ? '' : ` (Tested${on(calledAt)}.)`;
}

/** " on 2026-11-24", where this computer is. */
function on(at: number | null): string {
  return at === null ? '' : ` on ${new Date(at).toLocaleDateString('en-CA')}`;
}

function severity({ verdict }: DestinationCheck): number {
  return ['ok', 'unknown', 'warning', 'broken'].indexOf(verdict);
}

/** @param net null: it could not be looked at */
export function netFinding(net: Net | null, workflow: Workflow): Finding {
  if (net === null) return notLookedAt('the net could not be asked for');
  const under = net.numbers.find(({ number }) => number === workflow.number);
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

/** @param foundations the verdicts of everything that such a call passes */
export function reachFinding(
  foundations: readonly Verdict[],
  workflow: Workflow,
  integration: Integration,
): Finding {
  const verdict = worstOf(foundations);
  if (verdict === 'broken' || verdict === 'unknown') {
    return broken(`A call to ${workflow.number} would not surely reach ${integration.staticNumber}.`, {
      remedy: 'Mend the links above first.',
    });
  }
  const says = `A call to ${workflow.number} would reach ${integration.staticNumber}.${elsewhere(integration)}`;
  return verdict === 'ok' ? ok(says) : warning(`${says} Something above should be known.`);
}

function elsewhere({ dynamic }: Integration): string {
  if (dynamic === undefined) return '';
  return dynamic.webhook === undefined
    ? ' A rule that fits may lead it elsewhere.'
    : ' The dynamic webhook may lead it elsewhere.';
}

function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;
}
