import type { Problem } from '../../../src-preload/contract/problem.ts';
import type { Profile, ProfileStatus } from '../../../src-preload/contract/profile.ts';
import { concurrencyOf, type LimitFacts } from '../account/account-meanings.ts';
import { assertNever } from '../errors.ts';
import { consolePages, profilePage } from '../twilio/console-pages.ts';
import type { TrustHubProfile } from './profile-status.ts';

/** What was found out about an account's profile, in facts. */
export interface ProfileFindings {
  status: ProfileStatus;
  profile: TrustHubProfile | null;
  reasons: Profile['reasons'];
  problem: Problem | null;
  /** What was not found out on the way, a plain sentence each. */
  warnings: string[];
  /** What Twilio said before, where this time it could not be asked; null: it never said. */
  lastKnown: ProfileStatus | null;
  /** Of a subaccount: what Twilio last said of its main account's profile, while that was connected; null: nothing. */
  mainLastKnown: ProfileStatus | null;
}

interface Words {
  label: string;
  means: string;
  next: string;
}

const labels: Readonly<Record<ProfileStatus, string>> = {
  approved: 'Approved',
  'in-review': 'In review',
  pending: 'Pending',
  draft: 'Draft',
  rejected: 'Rejected',
  error: 'Could not be looked at',
  'no-profile': 'No profile',
};

/** The findings in the operator's words. @param account null: none is connected, or it was not looked at yet. */
export function describeProfile(findings: ProfileFindings, account: LimitFacts | null, now: number): Profile {
  const { status, profile, reasons, problem } = findings;
  const lastKnown = status === 'error' ? findings.lastKnown : status;
  const isSubaccount = account !== null && account.parentSid !== null;
  return {
    status,
    lastKnown,
    ...(isSubaccount ? inSubaccount(wordsFor(findings), findings, account.parentSid) : wordsFor(findings)),
    consoleUrl: consoleUrlOf(findings, isSubaccount),
    profileSid: profile?.sid ?? null,
    name: profile?.name ?? null,
    reasons,
    problem,
    unlocks: unlocksOf(account, lastKnown),
    validUntil: profile?.validUntil ?? null,
    warnings: [...warningsOf(findings, now), ...findings.warnings],
    checkedAt: now,
  };
}

function wordsFor({ status, reasons, problem, lastKnown }: ProfileFindings): Words {
  const label = labels[status];
  switch (status) {
    case 'approved':
      return {
        label,
        means: 'Twilio has verified your business: its limits on calls for unknown businesses are lifted.',
        next: 'Nothing. A test call to the destination is still the proof that a transfer works.',
      };
    case 'in-review':
      return {
        label,
        means: 'Twilio is looking at your business’s details.',
        next: 'Wait: this takes hours to a few working days. Patchbay looks every 15 minutes and tells you.',
      };
    case 'pending':
      return {
        label,
        means: 'You have handed the profile in, and it waits for its turn.',
        next: 'Wait: Patchbay looks every 15 minutes and tells you. Watch for e-mails from Twilio with questions.',
      };
    case 'draft':
      return {
        label,
        means: 'The profile was begun, but not handed in: nobody at Twilio looks at it.',
        next: 'Open it in the Console, fill in what is missing, and submit it for review.',
      };
    case 'rejected':
      return {
        label,
        means: 'Twilio could not verify your business with these details.',
        next:
          reasons.length > 0
            ? 'Open the profile in the Console, mend what the reasons name, and submit it again.'
            : 'Open the profile in the Console, see what Twilio marked, mend it, and submit it again.',
      };
    case 'no-profile':
      return {
        label,
        means: 'This account has no Business Profile, so Twilio does not know your business.',
        next: 'Create a primary Business Profile in the Console and submit it; it can only be made there.',
      };
    case 'error':
      return {
        label,
        means: `Patchbay could not find out where your Business Profile stands.${lastSeen(lastKnown)} Calls are not affected by that.`,
        next: problem?.remedy ?? 'Check again later; Patchbay tries by itself too.',
      };
    default:
      return assertNever(status);
  }
}

function lastSeen(status: ProfileStatus | null): string {
  return status === null ? '' : ` When last seen it was: ${labels[status]}.`;
}

/** A primary profile belongs to the main account, and its subaccounts do not see it (Twilio, TrustHub). */
function inSubaccount(words: Words, findings: ProfileFindings, parentSid: string | null): Words {
  const { status, mainLastKnown } = findings;
  if (status === 'approved') return words;
  return {
    label: words.label,
    means: `This is a subaccount; the primary Business Profile lives in the main account ${parentSid ?? ''} and can’t be seen from here.${lastSeen(mainLastKnown)} ${status === 'no-profile' ? 'None of the subaccount’s own was found.' : words.means}`,
    next:
      status === 'error'
        ? words.next
        : 'Look at the main account’s Business Profile in the Console, or connect the main account here.',
  };
}

function consoleUrlOf({ status, profile, problem }: ProfileFindings, isSubaccount: boolean): string {
  if (status === 'error' && problem?.link?.startsWith(consolePages.home)) return problem.link;
  return profile === null && isSubaccount && status !== 'error'
    ? consolePages.subaccounts
    : profilePage(profile?.sid ?? null);
}

/** An unapproved profile warns and forbids nothing. */
function warningsOf({ status, profile }: ProfileFindings, now: number): string[] {
  const isApproved = status === 'approved';
  const isExpired = profile !== null && profile.validUntil !== null && profile.validUntil <= now;
  return [
    ...(isApproved || status === 'error'
      ? []
      : [
          'Without an approved profile transfers may be blocked or limited; a test call shows whether they work.',
        ]),
    ...(isExpired
      ? [
          isApproved
            ? 'The profile was approved, but its validity has passed: renew it in the Console.'
            : 'The profile’s validity has passed.',
        ]
      : []),
  ];
}

/**
 * What an approved profile unlocks, beside the account's limits as they are with a profile in this status.
 *
 * @param status null: not known, so that the limits are not either
 *
 * Sources: Twilio support 223180028 (calls at once), Twilio docs, Voice API, "Calls per second" (5 with an approved
 * profile), error 13225/21216 (+1 numbers blocked without one), "Trusted calling with SHAKEN/STIR" (needs one).
 */
export function unlocksOf(account: LimitFacts | null, status: ProfileStatus | null): string[] {
  const isApproved = status === 'approved';
  const calls = account === null || status === null ? null : concurrencyOf(account, status).calls;
  const now = calls === null ? '' : ` Now: ${calls} calls at once.`;
  return [
    `Calls at once without a limit, where accounts without a profile have 2.${now}`,
    ...(account?.type === 'Trial'
      ? [
          'A trial account keeps its own limits, 5 calls at once and verified numbers only, until it is upgraded.',
        ]
      : []),
    `Up to 5 calls a second that Patchbay starts, once set in the Console under Voice settings.${isApproved || status === null ? '' : ' Now: 1 a second.'}`,
    'Calls to numbers in the US and Canada, which Twilio may block for accounts without a profile.',
    'Signing calls as verified (SHAKEN/STIR), so that phones are less likely to mark them as spam.',
  ];
}
