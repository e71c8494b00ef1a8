import type { Profile } from '../../../src-preload/contract/profile.ts';
import { withEnvironmentSecrets } from '../../environment-secrets.ts';
import type { RehearsalAccountSetup } from '../../rehearsal/rest/rehearsal-account-state.ts';
import { SettingQueries } from '../database/settings.ts';
import { handClock, memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { ProblemError } from '../errors.ts';
import type { SecretName, Vault } from '../ports.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { createTwilioRest } from '../twilio/create-twilio-rest.ts';
import { AuthTokens } from '../webhooks/auth-tokens.ts';
import { AccountService } from './account-service.ts';

/** What the tests of the account share. */

const names: readonly SecretName[] = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_AUTH_TOKEN_PREVIOUS',
];

interface Options extends RehearsalAccountSetup {
  /** Starts with an empty vault. */
  isNew?: boolean;
  attached?: number;
  env?: Record<string, string>;
}

/** The service on a rehearsed Twilio; its own vault holds the account's credentials unless `isNew`. */
export async function serviceWith({ isNew = false, attached = 0, env = {}, ...setup }: Options = {}) {
  const twilio = await rehearseTwilio(setup);
  const { account: theirs } = twilio;
  const vault = withEnvironmentSecrets(twilio.vault, env);
  if (isNew) for (const name of names) twilio.vault.delete(name);
  const settings = new SettingQueries(memoryDatabase());
  const clock = handClock();
  const logger = rememberingLogger();
  const rest = createTwilioRest({ vault, apiUrl: () => twilio.apiUrl });
  const tokens = new AuthTokens({ vault, settings, clock, logger });
  const notices: string[] = [];
  const numbers = { attached };
  const service = new AccountService({
    twilio: rest,
    vault,
    settings,
    attachedNumbers: (accountSid) => (accountSid === theirs.sid ? numbers.attached : 0),
    tokens,
    notifier: { notify: ({ title }) => void notices.push(title) },
    clock,
    logger,
  });
  let changes = 0;
  service.onChange(() => {
    changes += 1;
  });
  const credentials = { accountSid: theirs.sid, authToken: theirs.authToken };
  return {
    service,
    theirs,
    vault,
    tokens,
    settings,
    clock,
    logger,
    notices,
    numbers,
    credentials,
    changes: () => changes,
    [Symbol.asyncDispose]: () => {
      service.stop();
      return twilio[Symbol.asyncDispose]();
    },
  };
}

export const approvedProfile: Profile = {
  status: 'approved',
  lastKnown: 'approved',
  label: 'Approved',
  means: '',
  next: '',
  consoleUrl: '',
  profileSid: null,
  name: null,
  reasons: [],
  problem: null,
  unlocks: [],
  validUntil: null,
  warnings: [],
  checkedAt: 0,
};

/** What a refusal says. */
export async function refusal(attempt: Promise<unknown>): Promise<ProblemError> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProblemError)) throw new Error(`not a ProblemError: ${String(thrown)}`);
  return thrown;
}

export function secretsIn(vault: Vault) {
  return names.map((name) => vault.get(name));
}
