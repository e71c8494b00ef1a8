import type { Credentials } from '../../../src-preload/contract/account.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages } from '../twilio/console-pages.ts';

/** Twilio's SIDs: two letters for the kind and 32 hexadecimal digits (Twilio, "What is a String Identifier"). */
const sidPattern = /^[A-Z]{2}[0-9a-f]{32}$/i;
const accountSidPattern = /^AC[0-9a-fA-F]{32}$/;

/** The credentials without the blanks and line ends that come along when they are copied. */
export function trimmed({ accountSid, authToken }: Credentials): Credentials {
  return { accountSid: accountSid.trim(), authToken: authToken.trim() };
}

/** What is wrong with credentials at first sight, before Twilio is asked; null: nothing. */
export function credentialsFault({ accountSid, authToken }: Credentials): Problem | null {
  if (accountSid === '' || authToken === '') {
    const missing =
      accountSid !== '' ? 'The auth token is' : authToken !== '' ? 'The account SID is' : 'Both are';
    return fault(`${missing} missing.`, 'Enter the account SID and the auth token.');
  }
  if (accountSidPattern.test(authToken) && !accountSidPattern.test(accountSid)) {
    return fault(
      'The account SID stands where the auth token belongs.',
      'Swap the two: the account SID is the one that begins with AC.',
    );
  }
  if (/\s/.test(accountSid) || /\s/.test(authToken)) {
    const which = /\s/.test(accountSid) ? 'account SID' : 'auth token';
    return fault(`There is a space inside the ${which}.`, 'Copy it again; it is one word.');
  }
  if (/^SK/i.test(accountSid)) {
    return fault(
      'This is the SID of an API key, not of an account.',
      'Enter the account SID, which begins with AC, and the account’s auth token: Twilio signs calls with that token only, never with an API key.',
    );
  }
  const sidFault = accountSidFault(accountSid);
  if (sidFault !== null) return sidFault;
  if (sidPattern.test(authToken)) {
    return fault(
      authToken.toLowerCase() === accountSid.toLowerCase()
        ? 'The auth token is the account SID once more.'
        : `The auth token is a SID that begins with ${authToken.slice(0, 2)}, not a token.`,
      'Copy the auth token: 32 characters that the Console shows after a click.',
    );
  }
  return null;
}

/** What is wrong with an account SID at first sight; null: nothing. */
export function accountSidFault(accountSid: string): Problem | null {
  if (accountSidPattern.test(accountSid)) return null;
  return fault(
    /^AC/i.test(accountSid)
      ? `An account SID has 34 characters, AC and 32 of 0-9 and a-f; this one has ${accountSid.length} characters${accountSid.length === 34 ? ', but others among them' : ''}.`
      : 'An account SID begins with AC; this does not.',
    'Copy it again from the Console.',
  );
}

function fault(says: string, remedy: string): Problem {
  return plainProblem(says, remedy, consolePages.keys);
}
