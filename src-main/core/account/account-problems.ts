import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ProblemError, TwilioRequestError, type VaultError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages } from '../twilio/console-pages.ts';
import { asProblem } from '../twilio/error-catalogue.ts';

/** No credentials are in the vault. */
export const notConnected: Problem = plainProblem(
  'No Twilio account is connected.',
  'Connect one with its account SID and auth token.',
  consolePages.keys,
);

/** A closed account never takes a call again. */
export const accountClosed: Problem = plainProblem(
  'This Twilio account is closed: no call comes in or goes out any more.',
  'Connect another account, or ask Twilio’s support whether this one can be opened again.',
  'https://help.twilio.com/',
);

/** Numbers that are attached belong to the account in force; only its credentials can give them back. */
export function stillAttached(count: number): Problem {
  return plainProblem(
    `${count === 1 ? 'One number is' : `${count} numbers are`} still attached to Patchbay in the account in force.`,
    'Detach first, so that each number is as it was before; then leave the account.',
  );
}

/**
 * What Twilio answered when it was asked for the account itself.
 *
 * Codes: 20003 wrong credentials, 20008 test credentials on a resource that does not know them, 20005 and 10001 account
 * not active (Twilio's error dictionary). "Test credentials": other resources answer them with 403.
 *
 * @param workedBefore whether Twilio took these very credentials once
 * @returns null when it is about something else than the credentials and the account
 */
export function credentialsProblem(error: TwilioRequestError, workedBefore: boolean): Problem | null {
  const facts = { code: error.code ?? null, status: error.status ?? null };
  if (error.code === 20008 || (!workedBefore && error.status === 403 && error.code === undefined)) {
    return {
      ...facts,
      says: 'These are Twilio’s test credentials: no call can come in or go out with them.',
      remedy: 'Copy the live credentials; the Console shows them above the test credentials.',
      link: consolePages.keys,
    };
  }
  if (isInactive(error)) {
    return {
      ...facts,
      says: 'The credentials are right, but Twilio has suspended or closed the account.',
      remedy: 'Look at the balance and at Twilio’s e-mails, and mend what they name; then check again.',
      link: consolePages.billing,
    };
  }
  if (!isRefused(error) && (workedBefore || error.status !== 404)) return null;
  if (workedBefore) {
    return {
      ...facts,
      says: 'Twilio no longer accepts the auth token: it was rotated or revoked.',
      remedy:
        'Copy the token that is in force now from the Console and connect again; calls under way go on.',
      link: consolePages.keys,
    };
  }
  return {
    ...facts,
    says: 'Twilio does not know this pair of account SID and auth token.',
    remedy: 'Copy both again from the same account: every account and subaccount has its own token.',
    link: consolePages.keys,
  };
}

/** Whether Twilio knows the account and has suspended or closed it. */
export function isInactive(thrown: unknown): boolean {
  return thrown instanceof TwilioRequestError && (thrown.code === 20005 || thrown.code === 10001);
}

/** Whether there was no answer of Twilio's, which says nothing of the account. */
export function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof TwilioRequestError && thrown.kind === 'unreachable';
}

/** Whether Twilio does not take the auth token. */
export function isRefused(thrown: unknown): boolean {
  if (!(thrown instanceof TwilioRequestError) || isInactive(thrown)) return false;
  return thrown.code === 20003 || thrown.status === 401;
}

/** Whether an account that was asked for by its SID is none that these credentials may see. */
export function isNotOurs(thrown: unknown): boolean {
  return isRefused(thrown) || (thrown instanceof TwilioRequestError && thrown.status === 404);
}

/** Anything that went wrong, in the operator's words where there are some; the cause is kept. */
export function accountError(thrown: unknown, workedBefore: boolean): unknown {
  const problem =
    (thrown instanceof TwilioRequestError && credentialsProblem(thrown, workedBefore)) || asProblem(thrown);
  return problem === null || thrown instanceof ProblemError
    ? thrown
    : new ProblemError(problem, { cause: thrown });
}

/** The vault refused. Its words say why, and what to do; never the secret. */
export function vaultProblem(error: VaultError): Problem {
  return plainProblem(
    'The credentials can’t be kept or read here, so nothing was changed.',
    asProblem(error)?.remedy ?? '',
  );
}

/** Only a main account sees its subaccounts; a subaccount sees itself alone. */
export function noSuchSubaccount(accountSid: string): Problem {
  return plainProblem(
    `The connected account has no subaccount ${accountSid}.`,
    'Copy the SID from the list of subaccounts. From a subaccount, connect the main account first, or this one with its own token.',
    consolePages.subaccounts,
  );
}

/** The account resource came without something that it should hold. */
export const noTokenOfSubaccount: Problem = plainProblem(
  'Twilio did not hand out this subaccount’s auth token.',
  'Open the subaccount in the Console, and connect with its own account SID and auth token.',
  consolePages.subaccounts,
);
