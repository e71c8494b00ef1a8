import type { TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { assertNever, ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { refusalOf } from '../routing/public-address.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The choice as it is kept and used.
 *
 * @param twilioIsHere what plays Twilio's part stands on this machine too, and reaches what Twilio itself would not
 * @throws ProblemError that says what is wrong with it
 */
export function checkedChoice(choice: TunnelChoice, twilioIsHere: boolean): TunnelChoice {
  switch (choice.kind) {
    case 'off':
      return choice;
    case 'ngrok':
      return choice.domain === undefined ? choice : { kind: 'ngrok', domain: checkedDomain(choice.domain) };
    case 'own':
      return { kind: 'own', url: checkedOrigin(choice.url, twilioIsHere) };
    default:
      return assertNever(choice);
  }
}

/** @returns the origin alone, without a slash at its end. */
function checkedOrigin(text: string, twilioIsHere: boolean): string {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) {
    throw refusal(`“${trimmed}” is no web address.`, 'Write it like https://calls.example.com.');
  }
  const url = new URL(trimmed);
  const isOnThisMachine = twilioIsHere && loopback.has(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOnThisMachine)) {
    throw refusal('The public URL must begin with https://.', 'Twilio needs an address with a certificate.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal(
      'The public URL has a user name or a password in it.',
      'Leave them out: Twilio’s requests are checked by their signature.',
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refusal(
      'The public URL goes on after the host name.',
      `Give the origin alone, ${url.origin}, and let your proxy pass every path on to Patchbay.`,
    );
  }
  // The way to it would be proven from here, where such an address leads to Patchbay, and Twilio find nothing there.
  if (!twilioIsHere && refusalOf(url.origin) !== null) {
    throw refusal(
      `Twilio can’t reach ${url.host}: only this computer or its own network knows that address.`,
      'Give the address under which your proxy or tunnel is known on the internet, or use ngrok.',
    );
  }
  return url.origin;
}

/** A host name; also taken from a whole address, as ngrok's dashboard shows it. */
function checkedDomain(text: string): string {
  const domain = text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
    .toLowerCase();
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  if (domain.length > 253 || !new RegExp(`^${label}(\\.${label})+$`).test(domain)) {
    throw refusal(
      `“${text.trim()}” is no domain.`,
      'Write it as ngrok’s dashboard shows it (https://dashboard.ngrok.com/domains), or leave it empty for the account’s free one.',
    );
  }
  return domain;
}

/** What is wrong with what the operator chose, and what mends it; to be thrown. */
export function refusal(says: string, remedy: string): ProblemError {
  return new ProblemError(plainProblem(says, remedy));
}
