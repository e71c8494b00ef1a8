import type { Problem } from '../../../src-preload/contract/problem.ts';
import { messageOf, ProblemError, TwilioRequestError, VaultError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { callErrorWords } from './call-error-words.ts';
import { consolePages, errorPage } from './console-pages.ts';
import { profileErrorWords } from './profile-error-words.ts';
import { requestErrorWords } from './request-error-words.ts';

/** What a Twilio error means to an operator. */
export interface ErrorWords {
  /** One plain sentence. */
  says: string;
  /** What the operator can do, in one or two sentences. */
  remedy: string;
  /** Where it is mended; left out: Twilio's page about the code. */
  link?: string;
}

/** By Twilio's code. */
export const errorWords: ReadonlyMap<number, ErrorWords> = new Map(
  Object.entries({ ...requestErrorWords, ...callErrorWords, ...profileErrorWords }).map(([code, words]) => [
    Number(code),
    words,
  ]),
);

/**
 * The words for an error that Twilio reported: of a leg, an alert, a text.
 *
 * @param said Twilio's own message, for codes that the catalogue does not have
 */
export function explainCode(code: number | null, said?: string | null): Problem {
  const words = code === null ? undefined : errorWords.get(code);
  if (code !== null && words !== undefined) {
    return {
      code,
      status: null,
      says: words.says,
      remedy: words.remedy,
      link: words.link ?? errorPage(code),
    };
  }
  const what = code === null ? 'a problem' : `error ${code}`;
  return {
    code,
    status: null,
    says: `Twilio reported ${what}${quoted(said)}.`,
    remedy: code === null ? 'Look into the account’s error log in Twilio’s Console.' : readAboutIt,
    link: code === null ? consolePages.home : errorPage(code),
  };
}

/** The words for what was thrown, where it is something that an operator can act on; null: a fault of ours. */
export function asProblem(thrown: unknown): Problem | null {
  if (thrown instanceof ProblemError) return thrown.problem;
  if (thrown instanceof TwilioRequestError) return ofRequest(thrown);
  if (thrown instanceof VaultError) {
    return plainProblem(
      'Patchbay can’t keep or read its secrets on this computer.',
      asSentence(thrown.message),
    );
  }
  return null;
}

/** What was thrown in one or two sentences: with what mends it, where it is known. */
export function wordsOf(thrown: unknown): string {
  const problem = asProblem(thrown);
  return problem === null ? messageOf(thrown) : `${problem.says} ${problem.remedy}`;
}

/** Like asProblem, for whoever must put down words in any case. */
export function problemOf(thrown: unknown): Problem {
  return (
    asProblem(thrown) ??
    plainProblem(
      'Something went wrong inside Patchbay.',
      'Try again; if it happens again, look into Patchbay’s log and report it.',
    )
  );
}

function ofRequest(error: TwilioRequestError): Problem {
  switch (error.kind) {
    case 'no-account':
      return plainProblem(
        'No Twilio account is connected.',
        'Connect it with the Account SID and auth token from the home page of Twilio’s Console.',
        consolePages.home,
      );
    case 'not-an-account':
      return plainProblem(
        'These are not the credentials of a Twilio account.',
        'Copy the Account SID, which begins with AC, and the auth token from the home page of Twilio’s Console.',
        consolePages.home,
      );
    case 'unreachable':
      return {
        ...plainProblem(
          `Twilio can’t be reached${error.detail === undefined ? '' : `: ${error.detail}`}.`,
          error.uncertain
            ? 'Twilio may have done what was asked all the same: check the internet connection, and look before you try again.'
            : 'Check this computer’s internet connection and status.twilio.com, and try again.',
          'https://status.twilio.com/',
        ),
        status: error.status ?? null,
      };
    case 'answered':
      return ofAnswer(error);
  }
}

function ofAnswer(error: TwilioRequestError): Problem {
  const { detail, uncertain } = error;
  const status = error.status ?? null;
  const code = error.code ?? null;
  if (code !== null && errorWords.has(code)) return { ...explainCode(code), status };
  const words = byStatus(status, detail);
  const look = 'Twilio may have done what was asked all the same: look before you try again.';
  return {
    code,
    status,
    says: words.says,
    remedy: uncertain ? look : words.remedy,
    link: code === null ? words.link : errorPage(code),
  };
}

const readAboutIt = 'Read behind the link what Twilio says about it, and what mends it.';

function byStatus(
  status: number | null,
  said: string | undefined,
): { says: string; remedy: string; link: string } {
  const page = 'https://www.twilio.com/docs/api/errors';
  if (status === 401 || status === 403) {
    return {
      says: `Twilio does not let the account do this${quoted(said)}.`,
      remedy: 'Check the Account SID and auth token, and in Twilio’s Console whether the account is active.',
      link: consolePages.home,
    };
  }
  if (status === 404) {
    return {
      says: `Twilio does not have what was asked for${quoted(said)}.`,
      remedy:
        'Look in Twilio’s Console whether it was removed or belongs to another account, then refresh here.',
      link: consolePages.home,
    };
  }
  if (status === 429) {
    return {
      says: `Twilio got too many requests from the account at once${quoted(said)}.`,
      remedy: 'Wait a minute and try again; nothing was done.',
      link: page,
    };
  }
  if (status !== null && status >= 500) {
    return {
      says: `Something broke at Twilio${quoted(said)}.`,
      remedy: 'Look at status.twilio.com, and try again in a few minutes.',
      link: 'https://status.twilio.com/',
    };
  }
  return { says: `Twilio refused this${quoted(said)}.`, remedy: readAboutIt, link: page };
}

function quoted(said: string | null | undefined): string {
  const text = said?.trim().replace(/\.+$/, '');
  return text ? `, saying “${text}”` : '';
}

function asSentence(text: string): string {
  const typographic = text.trim().replaceAll("'", '’');
  return /[.!?]$/.test(typographic) ? typographic : `${typographic}.`;
}
