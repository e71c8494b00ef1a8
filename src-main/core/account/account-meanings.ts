import type { Account } from '../../../src-preload/contract/account.ts';
import type { ProfileStatus } from '../../../src-preload/contract/profile.ts';

/** What decides what an account can do with calls. */
export type AccountFacts = Pick<Account, 'type' | 'status' | 'parentSid' | 'balance'>;

/** What decides how many calls it can hold at once. */
export type LimitFacts = Pick<AccountFacts, 'type' | 'parentSid'>;

/** Units of the account's currency; a few minutes of calls. */
const lowBalance = 2;

/** @returns the amount as "12.34 USD" */
function money({ amount, currency }: NonNullable<Account['balance']>): string {
  return `${amount.toFixed(2)} ${currency}`;
}

/**
 * How many calls the account can hold at once: trial 5; upgraded 2 without an approved profile, no limit with an approved
 * Business Profile; accounts upgraded before 2026-02-03 are spared (Twilio support, "How fast can I place or receive phone
 * calls with Twilio?", 223180028). The upgrade's date is not in the API, so the smaller figure is told.
 *
 * @param profileStatus null: not known
 */
export function concurrencyOf(
  facts: LimitFacts,
  profileStatus: ProfileStatus | null,
): Account['concurrency'] {
  if (facts.type === 'Trial') {
    return { calls: 5, why: 'Twilio’s limit for trial accounts.' };
  }
  if (profileStatus === 'approved') {
    return { calls: null, why: 'An approved Business Profile lifts the limit.' };
  }
  const spared = 'an account upgraded before 3 February 2026 has no limit';
  if (facts.parentSid !== null) {
    return {
      calls: 2,
      why: `Twilio’s limit while the main account has no approved Business Profile, which can’t be seen from a subaccount; ${spared}.`,
    };
  }
  const profile =
    profileStatus === null
      ? 'without an approved Business Profile, which could not be looked at yet'
      : 'without an approved Business Profile';
  return { calls: 2, why: `Twilio’s limit for upgraded accounts ${profile}; ${spared}.` };
}

/** What the account means for transfers, a plain sentence each, the most pressing first. */
export function accountMeanings(facts: AccountFacts, profileStatus: ProfileStatus | null): string[] {
  return [
    ...statusMeanings(facts),
    ...balanceMeanings(facts),
    ...trialMeanings(facts),
    ...concurrencyMeanings(concurrencyOf(facts, profileStatus).calls),
    ...(facts.parentSid === null
      ? []
      : [
          'This is a subaccount: its balance and its primary Business Profile are the main account’s. To go back to the main account, connect with its own SID and token.',
        ]),
    'Twilio starts one call a second that Patchbay asks for, such as test calls; calls that come in and transfers do not count in that.',
  ];
}

function statusMeanings({ status }: AccountFacts): string[] {
  switch (status) {
    case 'active':
      return [];
    case 'suspended':
      return [
        'Twilio has suspended the account: no call comes in or goes out until it is active again. Look at the balance and at Twilio’s e-mails.',
      ];
    case 'closed':
      return ['The account is closed: no call comes in or goes out.'];
  }
}

function balanceMeanings({ balance }: AccountFacts): string[] {
  if (balance === null || balance.amount >= lowBalance) return [];
  return balance.amount > 0
    ? [
        `The balance is ${money(balance)}: when it is used up, calls stop. Add to it, or turn on auto recharge.`,
      ]
    : [`The balance of ${money(balance)} is used up: calls stop. Add to it, and turn on auto recharge.`];
}

/** Twilio, "Free trial" and "Try out Voice": verified numbers, the message, the 10 minutes, blocked verbs. */
function trialMeanings({ type }: AccountFacts): string[] {
  if (type !== 'Trial') return [];
  return [
    'Trial account: only verified numbers can call and be called, so verify the destination, and strangers do not get through.',
    'Trial account: Twilio plays its trial message first, ends calls after 10 minutes, and blocks some of what a call can do.',
    'Upgrade the account before callers depend on it.',
  ];
}

/** Inbound calls and the calls that a transfer makes count alike (the same page of Twilio's as above). */
function concurrencyMeanings(calls: number | null): string[] {
  if (calls === null) return ['As many calls at once as come in: Twilio sets no limit.'];
  const callers = Math.floor(calls / 2);
  return [
    `${calls} calls at once. A transfer counts as two, the caller’s and the destination’s, so ${callers === 1 ? 'one caller' : `${callers} callers`} at a time can be with a person; every further phone that a ring plan rings at once counts too.`,
  ];
}
