import { consolePages, errorPage } from '../twilio/console-pages.ts';
import { countryName, guidelinesLink, requirementOf } from './country-requirements.ts';
import { broken, type Finding, ok, unknown, warning } from './finding.ts';

/** What Twilio's answers about a destination mean for handing calls over to it. No I/O. */

const lookupPriceLink = 'https://www.twilio.com/en-us/trusted-activation/pricing/lookup';

/** Twilio's validation errors (Lookup v2, `validation_errors`) as sentence parts. */
const validationErrors: Readonly<Record<string, string>> = {
  TOO_SHORT: 'it is too short',
  TOO_LONG: 'it is too long',
  INVALID_BUT_POSSIBLE: 'its length is right, but no carrier has such numbers',
  INVALID_COUNTRY_CODE: 'no country has its country code',
  INVALID_LENGTH: 'it has a wrong number of digits',
  NOT_A_NUMBER: 'it is not a phone number',
};

/** Lookup's free validation. */
export function lookupFinding(answer: {
  valid: boolean | null;
  validationErrors: readonly string[] | null;
}): Finding {
  if (answer.valid === true) return ok('Twilio knows it as a number that can be in use.');
  const reasons = (answer.validationErrors ?? []).map((error) => validationErrors[error] ?? error);
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', and ')}`;
  return broken(`Twilio does not take it for a phone number${why}.`, {
    remedy: 'Check the number for a typing mistake.',
    link: 'https://www.twilio.com/docs/lookup/v2-api',
  });
}

export const lineTypeNotAsked: Finding = unknown('Not looked up: Twilio charges for it.', {
  remedy: 'Ask for it if you are not sure what kind of line this is.',
  link: lookupPriceLink,
});

/** Where nobody picks up, or where a call costs more than a call. */
const poorLines: Readonly<Record<string, string>> = {
  voicemail: 'a voicemail, where nobody picks up',
  pager: 'a pager, where nobody picks up',
  premium: 'a premium-rate number, which costs money for every minute',
  tollFree: 'a toll-free number, which may refuse calls from other networks or countries',
  sharedCost: 'a shared-cost number, which may not be reachable from other networks or countries',
  uan: 'a company-wide number, which may not be reachable from other networks or countries',
};

const goodLines: Readonly<Record<string, string>> = {
  landline: 'a landline',
  mobile: 'a mobile phone',
  fixedVoip: 'an internet phone at a fixed place',
  nonFixedVoip: 'an internet phone, such as an app',
  personal: 'a personal number that follows its owner',
};

/** Lookup's line type (paid). `type` and `errorCode` are null or absent where Twilio has none. */
export function lineTypeFinding(
  answer: {
    type?: string | null | undefined;
    errorCode?: number | null | undefined;
    carrierName?: string | null | undefined;
  } | null,
): Finding {
  if (answer?.errorCode === 60601) {
    return warning(
      'Twilio tells the line type of Canadian numbers only to companies that Canada’s registry approved.',
      {
        remedy: 'Leave it: the test call tells more.',
        link: 'https://help.twilio.com/articles/360004563433',
      },
    );
  }
  if (answer?.errorCode) {
    return warning(`Twilio could not tell the line type (code ${answer.errorCode}).`, {
      remedy: 'Leave it: the test call tells more.',
      link: errorPage(answer.errorCode),
    });
  }
  const type = answer?.type ?? 'unknown';
  const poor = poorLines[type];
  if (poor !== undefined) {
    return warning(`It is ${poor}.`, { remedy: 'Prefer an ordinary landline or mobile number.' });
  }
  const carrier = answer?.carrierName ? ` (${answer.carrierName})` : '';
  const good = goodLines[type];
  if (good !== undefined) return ok(`It is ${good}${carrier}.`);
  return unknown(`Twilio does not know what kind of line it is${type === 'unknown' ? '' : ` (“${type}”)`}.`);
}

/** The United States and Canada call each other like neighbours: one numbering plan, one default permission. */
const oneNeighbourhood: ReadonlySet<string> = new Set(['US', 'CA']);

function isAbroad(iso: string, homeCountries: ReadonlySet<string>): boolean {
  if (homeCountries.size === 0 || homeCountries.has(iso)) return false;
  return !(oneNeighbourhood.has(iso) && [...homeCountries].some((home) => oneNeighbourhood.has(home)));
}

/**
 * Whether the account may call the country (Twilio's geographic permissions), and what a call across the border needs.
 * Twilio does not publish which numbers it counts as toll fraud, the third group of a permission: a call tells.
 *
 * @param answer `needsSpecialPermission`: the number is one of the country's special services, which are not allowed
 * @param homeCountries the countries of the operator's own Twilio numbers; empty: not known
 */
export function countryFinding(
  iso: string,
  answer: { lowRiskNumbersEnabled: boolean | null; needsSpecialPermission?: boolean },
  homeCountries: ReadonlySet<string>,
): Finding {
  const name = countryName(iso);
  const isForeign = isAbroad(iso, homeCountries);
  const requirement = isForeign || homeCountries.size === 0 ? requirementOf(iso) : undefined;
  if (answer.lowRiskNumbersEnabled !== true) {
    return broken(sentences(`Your account does not allow calls to ${name}.`, requirement), {
      remedy: `Allow ${name} in the Console, under Voice, Settings, Geo permissions.`,
      link: consolePages.voicePermissions,
    });
  }
  if (answer.needsSpecialPermission === true) {
    return broken(
      `Your account allows calls to ${name}, but not to its special services, and this number is one.`,
      {
        remedy: `Name an ordinary number, or allow the high-risk special services of ${name} in the Console’s Geo permissions.`,
        link: consolePages.voicePermissions,
      },
    );
  }
  const allowed = `Calls to ${name} are allowed`;
  if (!isForeign && requirement === undefined) return ok(`${allowed}.`);
  const says = isForeign
    ? sentences(
        `${allowed}; it is another country than that of your numbers.`,
        requirement,
        'Abroad, carriers may replace or refuse the caller’s number, calls cost more, and a toll-free caller ID often fails.',
      )
    : sentences(`${allowed}.`, requirement);
  return warning(says, {
    remedy:
      'Place a test call. If handed-over calls fail, let the integration show your Twilio number (ring, callerId: twilio).',
    link: guidelinesLink(iso),
  });
}

function sentences(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

/** Twilio has no such country among those it calls (404), like China since its calls need a review. */
export function countryNotOffered(iso: string): Finding {
  const requirement = requirementOf(iso);
  return broken(sentences(`Twilio offers no calls to ${countryName(iso)}.`, requirement), {
    remedy: 'Name a number in another country, or ask Twilio’s support.',
    link: guidelinesLink(iso),
  });
}

export const noCountry: Finding = unknown(
  'The number belongs to no single country, so its permission can’t be looked up.',
  {
    remedy: 'A test call tells whether it can be called.',
  },
);

/** @param isVerified whether the number is among the account's verified caller IDs; only asked for a trial account */
export function trialFinding(type: 'Trial' | 'Full', isVerified: boolean): Finding {
  if (type === 'Full') return ok('A full account may call numbers that are not verified.');
  if (isVerified) return ok('The number is verified, so this trial account may call it.');
  return broken('A trial account calls verified numbers only, and this one is not verified.', {
    remedy: 'Verify it in the Console under Phone Numbers, Verified Caller IDs, or upgrade the account.',
    link: consolePages.verifiedNumbers,
  });
}
