import { plainProblem } from '../plain-problem.ts';
import { TunnelError } from './tunnel-error.ts';

export const ngrokTokenPage = 'https://dashboard.ngrok.com/get-started/your-authtoken';
const domainsPage = 'https://dashboard.ngrok.com/domains';

interface NgrokMeaning {
  says: string;
  remedy: string;
  /** Whether it can mend itself, so that trying again is of use. */
  retryable: boolean;
}

const anotherToken = `Copy the authtoken from ${ngrokTokenPage} and give it to Patchbay.`;
const otherNetwork =
  'Connect over another network or without a VPN, or use your own tunnel or proxy in place of ngrok.';
const anotherDomain = `Take one of the domains at ${domainsPage}, or none: ngrok then gives the account’s free one.`;
const payment = 'Mend the payment at https://dashboard.ngrok.com/billing, then try again.';
const update = 'Update Patchbay, or use your own tunnel or proxy in place of ngrok.';
const paidPlan = 'Wait for the next month or choose another plan at https://dashboard.ngrok.com/billing.';

/** What ngrok's codes mean; each one has a page at https://ngrok.com/docs/errors. */
const meanings: Record<number, NgrokMeaning> = {
  102: {
    says: 'ngrok has suspended the account, because its last payment failed.',
    remedy: payment,
    retryable: false,
  },
  103: {
    says: 'ngrok has suspended the account.',
    remedy: 'Write to support@ngrok.com, or use another ngrok account’s authtoken.',
    retryable: false,
  },
  105: { says: 'ngrok takes this for no authtoken.', remedy: anotherToken, retryable: false },
  106: { says: 'The authtoken is one of ngrok’s first version.', remedy: anotherToken, retryable: false },
  107: {
    says: 'The authtoken is not valid: it was reset or revoked, or belongs to an account that you left.',
    remedy: anotherToken,
    retryable: false,
  },
  300: { says: 'The authtoken was revoked.', remedy: anotherToken, retryable: false },
  4018: {
    says: 'ngrok wants a verified account.',
    remedy: `Verify the e-mail address of your ngrok account. ${anotherToken}`,
    retryable: false,
  },
  // After a crash ngrok holds the old session for a little while: these two go away by themselves.
  108: {
    says: 'The ngrok account has as many agent sessions as its plan allows.',
    remedy:
      'End the other ngrok program, on this computer or another (https://dashboard.ngrok.com/agents). Patchbay keeps trying.',
    retryable: true,
  },
  334: {
    says: 'Another program is online at this ngrok domain.',
    remedy:
      'End it, on this computer or another (https://dashboard.ngrok.com/endpoints), or choose another domain. Patchbay keeps trying.',
    retryable: true,
  },
  115: {
    says: 'The ngrok account’s IP restrictions refuse this network.',
    remedy: 'Allow its address at https://dashboard.ngrok.com/ip-restrictions.',
    retryable: false,
  },
  116: {
    says: 'The authtoken may not be used from this network.',
    remedy: `Change what the authtoken allows, or use another one: ${ngrokTokenPage}.`,
    retryable: false,
  },
  9040: { says: 'ngrok refuses connections from this network.', remedy: otherNetwork, retryable: false },
  120: {
    says: 'ngrok no longer works with this version of its software.',
    remedy: update,
    retryable: false,
  },
  121: {
    says: 'For accounts like yours ngrok no longer works with this version of its software.',
    remedy: update,
    retryable: false,
  },
  314: {
    says: 'The ngrok account’s plan has no domains of one’s own.',
    remedy: `${anotherDomain} A domain of your own needs a paid plan.`,
    retryable: false,
  },
  319: { says: 'The domain is not reserved in the ngrok account.', remedy: anotherDomain, retryable: false },
  320: {
    says: 'The domain belongs to another ngrok account.',
    remedy: `${anotherDomain} Or give Patchbay the authtoken of that account.`,
    retryable: false,
  },
  354: {
    says: 'A domain below one of ngrok’s must be reserved in the account first.',
    remedy: anotherDomain,
    retryable: false,
  },
  326: {
    says: 'The domain has a character that domains can’t have.',
    remedy: anotherDomain,
    retryable: false,
  },
  15013: {
    says: 'The ngrok account has no free domain yet.',
    remedy: `Request it at ${domainsPage}, then try again.`,
    retryable: false,
  },
  // Those below are met by whoever calls through the tunnel.
  725: { says: 'The ngrok account’s traffic for this month is used up.', remedy: paidPlan, retryable: true },
  727: {
    says: 'The ngrok account’s requests for this month are used up.',
    remedy: paidPlan,
    retryable: true,
  },
  734: {
    says: 'ngrok passes on only so many requests a minute, and there were more.',
    remedy: 'Wait a minute, or choose another plan at https://dashboard.ngrok.com/billing.',
    retryable: true,
  },
  3004: {
    says: 'ngrok could not make sense of the answer from this computer.',
    remedy: 'Try again; if it stays, start Patchbay again.',
    retryable: true,
  },
  3200: {
    says: 'ngrok says that nothing is online at this address.',
    remedy: 'Patchbay connects again by itself. Look whether the address is that of your ngrok account.',
    retryable: true,
  },
  6008: {
    says: 'ngrok has suspended the account, because it was not paid.',
    remedy: payment,
    retryable: true,
  },
  6024: {
    says: 'ngrok answers with its warning page for visitors.',
    remedy: 'Try again; a paid ngrok plan has no such page.',
    retryable: true,
  },
  8012: {
    says: 'ngrok reaches this computer, but not the port at which Patchbay listens.',
    remedy: 'Look whether another ngrok program serves this address, and start Patchbay again.',
    retryable: true,
  },
};

/** The code in a text of ngrok's, like 107 for ERR_NGROK_107. */
export function ngrokCodeIn(text: string): number | null {
  const code = /ERR_NGROK_(\d{1,6})\b/.exec(text)?.[1];
  return code === undefined ? null : Number(code);
}

/** A plain sentence for a code that a caller through the tunnel gets; null when the code is not known here. */
export function meaningOfNgrokCode(code: number): Pick<NgrokMeaning, 'says' | 'remedy'> | null {
  return meanings[code] ?? null;
}

/**
 * ngrok's failure in the operator's words. ngrok repeats the authtoken in some of its messages: it is taken out.
 *
 * @param secrets what must not be in the words.
 */
export function ngrokError(message: string, secrets: readonly string[] = []): TunnelError {
  const number = ngrokCodeIn(message);
  if (number === null) return unnamedError(withoutSecrets(message, secrets));
  const code = `ERR_NGROK_${number}`;
  const known = meanings[number];
  const says = known?.says ?? `ngrok refuses: ${firstSentences(withoutSecrets(message, secrets))}`;
  return new TunnelError({
    code,
    problem: plainProblem(
      `${says.replace(/\.$/, '')} (${code}).`,
      known?.remedy ?? 'ngrok’s page about this code says more. Patchbay keeps trying.',
      `https://ngrok.com/docs/errors/err_ngrok_${number}`,
    ),
    retryable: known?.retryable ?? true,
  });
}

/** Without a code it never came to an answer of ngrok's: the network, or something on the way. */
function unnamedError(message: string): TunnelError {
  const unreachable = /tcp connection|timed? ?out|dns|resolve|unreachable|refused/i.test(message);
  return new TunnelError({
    code: null,
    problem: plainProblem(
      unreachable
        ? 'ngrok can’t be reached from this computer.'
        : `The connection to ngrok failed: ${firstSentences(message)}.`,
      'Check the internet connection, and that a firewall lets port 443 out. Patchbay keeps trying.',
      'https://status.ngrok.com/',
    ),
    retryable: true,
  });
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

function firstSentences(message: string): string {
  const text = message
    .replace(/^(failed to connect session|failed to start (tunnel|listener)):\s*/i, '')
    .replace(/\s*(error_code:\s*)?ERR_NGROK_\d+\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return (text.length > 200 ? `${text.slice(0, 200)}…` : text).replace(/\.$/, '');
}
