import type { LineForOptions } from '../../rehearsal/rest/calls-line.ts';
import {
  RehearsalAccount,
  type RehearsalAccountSetup,
} from '../../rehearsal/rest/rehearsal-account-state.ts';
import { RestServer } from '../../rehearsal/rest/rest-server.ts';
import { openApiCheck } from '../../rehearsal/rest/test-support/openapi-check.ts';
import { ScriptTime } from '../../rehearsal/script-time.ts';
import type { SecretName, Vault } from '../ports.ts';
import { createTwilioRest } from '../twilio/create-twilio-rest.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

/** Twilio's REST API as the rehearsal line plays it, and the port that reaches it over real HTTP. */
export interface RehearsedTwilio extends AsyncDisposable {
  rest: TwilioRest;
  /** What Twilio holds; a test plays the Console with it. */
  account: RehearsalAccount;
  /** Holds the account's credentials. */
  vault: Vault;
  apiUrl: string;
}

/**
 * Starts it; `await using` stops it. Every request and answer is held against Twilio's OpenAPI files, where they are:
 * what they don't describe is refused, and stopping throws.
 *
 * @param line the time that calls live on, and the Patchbay whose webhooks they reach; absent: a hundred times as
 * fast as the clock, none.
 */
export async function rehearseTwilio(
  setup: RehearsalAccountSetup = {},
  line: LineForOptions = {},
): Promise<RehearsedTwilio> {
  const account = new RehearsalAccount(setup, { time: new ScriptTime(100), ...line });
  const check = openApiCheck();
  const server = new RestServer(account, { check });
  const { apiUrl } = await server.start();
  const vault = vaultOf(account);
  return {
    rest: createTwilioRest({ vault, apiUrl: () => apiUrl }),
    account,
    vault,
    apiUrl,
    async [Symbol.asyncDispose]() {
      await account.stop();
      await server.stop();
      check?.throwIfViolated();
    },
  };
}

/** Not the one of core-under-test.ts, which brings the whole core along. */
function vaultOf({ sid, authToken }: RehearsalAccount): Vault {
  const secrets = new Map<SecretName, string>([
    ['TWILIO_ACCOUNT_SID', sid],
    ['TWILIO_AUTH_TOKEN', authToken],
  ]);
  return {
    get: (name) => secrets.get(name),
    set: (name, value) => void secrets.set(name, value),
    delete: (name) => void secrets.delete(name),
  };
}
