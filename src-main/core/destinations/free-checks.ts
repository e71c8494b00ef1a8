import type { Account } from '../../../src-preload/contract/account.ts';
import type { DestinationCheck } from '../../../src-preload/contract/destination-test.ts';
import { TwilioRequestError } from '../errors.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { nullWhenGone } from '../twilio/when-gone.ts';
import {
  countryFinding,
  countryNotOffered,
  lineTypeFinding,
  lineTypeNotAsked,
  lookupFinding,
  noCountry,
  trialFinding,
} from './account-findings.ts';
import { couldNotLook, type Finding, unknown } from './finding.ts';

export interface Question {
  /** E.164. */
  number: string;
  /** ISO 3166-1 alpha-2; null: the number belongs to no single country. */
  country: string | null;
  /** Of the operator's own Twilio numbers. */
  homeCountries: ReadonlySet<string>;
  account: Account | null;
  /** The line type costs money: only when it was asked for. */
  lineType: boolean;
}

/** The checks that Twilio answers without a call. What one of them can't find out does not keep the others from it. */
export async function askTwilio(twilio: TwilioRest, question: Question): Promise<DestinationCheck[]> {
  const { account, lineType } = question;
  if (account === null) return notLookedAt('no Twilio account is connected');
  const lookedUp = attempt(() => lookUp(twilio, question.number));
  const [lookup, line, country, trial] = await Promise.all([
    lookedUp,
    lineType ? lookedUp.then((finding) => lineTypeOf(twilio, question.number, finding)) : lineTypeNotAsked,
    attempt(() => permissionOf(twilio, question)),
    attempt(() => trialOf(twilio, question.number, account)),
  ]);
  return [
    { id: 'lookup', ...lookup },
    { id: 'line-type', ...line },
    { id: 'country', ...country },
    { id: 'trial', ...trial },
  ];
}

/** @param because a sentence part */
export function notLookedAt(because: string): DestinationCheck[] {
  const finding = unknown(`Not looked at: ${because}.`);
  return (['lookup', 'line-type', 'country', 'trial'] as const).map((id) => ({ id, ...finding }));
}

async function attempt(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (thrown) {
    return couldNotLook(thrown);
  }
}

async function lookUp(twilio: TwilioRest, number: string): Promise<Finding> {
  const answer = await nullWhenGone(twilio.ask((client) => client.lookups.v2.phoneNumbers(number).fetch()));
  return lookupFinding(answer ?? { valid: false, validationErrors: null });
}

/** Not paid for where the free lookup has found no number. */
function lineTypeOf(twilio: TwilioRest, number: string, lookup: Finding): Finding | Promise<Finding> {
  if (lookup.verdict === 'broken')
    return unknown('Not looked up: Twilio does not take it for a phone number.');
  return attempt(async () => {
    try {
      const answer = await twilio.ask((client) =>
        client.lookups.v2.phoneNumbers(number).fetch({ fields: 'line_type_intelligence' }),
      );
      return lineTypeFinding(answer.lineTypeIntelligence ?? null);
    } catch (thrown) {
      // Twilio documents 60601 as a field of a good answer; lookups without the right were refused before.
      if (thrown instanceof TwilioRequestError && thrown.code === 60601) {
        return lineTypeFinding({ errorCode: thrown.code });
      }
      throw thrown;
    }
  });
}

async function permissionOf(
  twilio: TwilioRest,
  { number, country, homeCountries }: Pick<Question, 'number' | 'country' | 'homeCountries'>,
): Promise<Finding> {
  if (country === null) return noCountry;
  const answer = await nullWhenGone(
    twilio.ask((client) => client.voice.v1.dialingPermissions.countries(country).fetch()),
  );
  if (answer === null) return countryNotOffered(country);
  const { lowRiskNumbersEnabled, highRiskSpecialNumbersEnabled } = answer;
  const needsSpecialPermission =
    lowRiskNumbersEnabled &&
    !highRiskSpecialNumbersEnabled &&
    (await isSpecialService(twilio, country, number));
  return countryFinding(country, { lowRiskNumbersEnabled, needsSpecialPermission }, homeCountries);
}

/** Premium numbers, shared cost and the like, as Twilio counts them. @throws TwilioRequestError */
async function isSpecialService(twilio: TwilioRest, country: string, number: string): Promise<boolean> {
  const prefixes = await twilio.ask((client) =>
    client.voice.v1.dialingPermissions.countries(country).highriskSpecialPrefixes.list({ pageSize: 1000 }),
  );
  const digits = digitsOf(number);
  return prefixes.some(({ prefix }) => prefix !== null && digits.startsWith(digitsOf(prefix)));
}

/** Twilio writes prefixes as +1510720 and as +1(510) 720. */
function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

async function trialOf(twilio: TwilioRest, number: string, account: Account): Promise<Finding> {
  if (account.type === 'Full') return trialFinding('Full', false);
  const found = await twilio.ask((client) =>
    client.outgoingCallerIds.list({ phoneNumber: number, limit: 20 }),
  );
  return trialFinding(
    'Trial',
    found.some(({ phoneNumber }) => phoneNumber === number),
  );
}
