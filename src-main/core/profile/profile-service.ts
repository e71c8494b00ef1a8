import type { Account } from '../../../src-preload/contract/account.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import type { Profile, ProfileSighting, ProfileStatus } from '../../../src-preload/contract/profile.ts';
import { accountError, notConnected } from '../account/account-problems.ts';
import { backOffMs, Watch } from '../account/watch.ts';
import type { Db } from '../database/open-database.ts';
import { ProfileSightingQueries } from '../database/profile-sightings.ts';
import type { SettingQueries } from '../database/settings.ts';
import { messageOf, ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock, Logger, Notifier } from '../ports.ts';
import { profilePage } from '../twilio/console-pages.ts';
import { errorWords } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { describeProfile, type ProfileFindings, unlocksOf } from './describe-profile.ts';
import { fromCustomerProfile, primaryPolicySid, statusOf, type TrustHubProfile } from './profile-status.ts';
import { rejectionReasons } from './rejection-reasons.ts';

export interface ProfileServiceDeps {
  twilio: TwilioRest;
  db: Db;
  settings: SettingQueries;
  account: () => Account | null;
  notifier: Notifier;
  clock: Clock;
  logger: Logger;
}

const minuteMs = 60_000;
/** Anything but approved may change at any moment. */
const undecidedEveryMs = 15 * minuteMs;
const approvedEveryMs = 24 * 60 * minuteMs;

type Findings = Omit<ProfileFindings, 'lastKnown' | 'mainLastKnown'>;

/** The operator's Business Profile: where it stands, what that means, and watching it while it is undecided. */
export class ProfileService {
  readonly #deps: ProfileServiceDeps;
  readonly #sightings: ProfileSightingQueries;
  readonly #watch: Watch;
  #underWay: { accountSid: string; profile: Promise<Profile> } | null = null;
  /** Looks in a row that failed. */
  #failures = 0;
  /** What Twilio last said, of which account: each change is told once, also while the database can't be read or written. */
  #decided: { accountSid: string; status: ProfileStatus } | null = null;

  constructor(deps: ProfileServiceDeps) {
    this.#deps = deps;
    this.#sightings = new ProfileSightingQueries(deps.db);
    this.#watch = new Watch(() => this.#look(), deps);
  }

  /** What was last seen of the connected account's profile; null: never looked at. */
  current(): Profile | null {
    const account = this.#deps.account();
    const seen = account === null ? undefined : this.#deps.settings.get('profile');
    // The account may have been upgraded since.
    return seen === undefined ? null : { ...seen, unlocks: unlocksOf(account, seen.lastKnown) };
  }

  /** Asks Twilio; while it is being asked, that answer is waited for. A failure is the status "error", not an exception. */
  async check(): Promise<Profile> {
    const account = this.#deps.account();
    if (account === null) return this.#described(failed(notConnected), null, null);
    if (this.#underWay?.accountSid === account.accountSid) return this.#underWay.profile;
    const before = this.#underWay?.profile;
    const profile = this.#checkAfter(before, account);
    this.#underWay = { accountSid: account.accountSid, profile };
    try {
      return await profile;
    } finally {
      if (this.#underWay.profile === profile) this.#underWay = null;
    }
  }

  /** The connected account's, the newest first. */
  history(): ProfileSighting[] {
    const account = this.#deps.account();
    return account === null ? [] : this.#sightings.list(account.accountSid);
  }

  /** Watches while there is an account; begins anew when it is called again. */
  start(): void {
    this.#failures = 0;
    if (this.#deps.account() === null) {
      this.#watch.stop();
      return;
    }
    const last = this.current();
    const waitMs = last === null || last.status === 'error' ? 0 : waitAfter(last.status);
    const dueInMs = last === null ? 0 : last.checkedAt + waitMs - this.#deps.clock.now();
    // At most the whole wait, also when the clock was set back.
    this.#watch.start(Math.min(Math.max(dueInMs, 0), waitMs));
  }

  stop(): void {
    this.#watch.stop();
  }

  async #look(): Promise<number | null> {
    if (this.#deps.account() === null) return null;
    const { status } = await this.check();
    this.#failures = status === 'error' ? this.#failures + 1 : 0;
    return status === 'error' ? backOffMs(this.#failures) : waitAfter(status);
  }

  async #checkAfter(before: Promise<Profile> | undefined, account: Account): Promise<Profile> {
    await before;
    const findings = await this.#find();
    const { accountSid } = account;
    const now = this.#deps.account();
    // The answer is about an account that was left while Twilio was asked.
    if (now?.accountSid !== accountSid) return this.#described(findings, account, null);
    const lastKnown = this.#lastKnown(accountSid);
    const profile = this.#described(findings, now, lastKnown);
    this.#remember(accountSid, profile);
    if (profile.status === 'error') return profile;
    this.#decided = { accountSid, status: profile.status };
    if (lastKnown !== null && lastKnown !== profile.status) this.#tell(profile);
    return profile;
  }

  async #find(): Promise<Findings> {
    try {
      const found = statusOf(await this.#profiles());
      switch (found.status) {
        case 'no-profile':
          return { status: 'no-profile', profile: null, reasons: [], problem: null, warnings: [] };
        case 'error':
          return failed(unknownStatus(found.unknown));
        case 'rejected':
          return { ...found, problem: null, ...(await this.#reasons(found.profile)) };
        default:
          return { ...found, reasons: [], problem: null, warnings: [] };
      }
    } catch (thrown) {
      const error = accountError(thrown, true);
      this.#deps.logger.warn('The Business Profile could not be looked at', { problem: messageOf(error) });
      return failed(error instanceof ProblemError ? error.problem : unexpected);
    }
  }

  async #profiles(): Promise<TrustHubProfile[]> {
    const instances = await this.#deps.twilio.ask((client) =>
      client.trusthub.v1.customerProfiles.list({ policySid: primaryPolicySid }),
    );
    return instances.map(fromCustomerProfile);
  }

  /** A rejection is told also when its reasons can't be read. */
  async #reasons(profile: TrustHubProfile): Promise<Pick<Findings, 'reasons' | 'warnings'>> {
    const words = (code: number) => {
      const found = errorWords.get(code);
      return found && `${found.says} ${found.remedy}`;
    };
    try {
      const evaluations = await this.#deps.twilio.ask((client) =>
        client.trusthub.v1.customerProfiles(profile.sid).customerProfilesEvaluations.list(),
      );
      return { reasons: rejectionReasons(evaluations, profile.errorCodes, words), warnings: [] };
    } catch (thrown) {
      this.#deps.logger.warn('The reasons of a rejection could not be read', { problem: messageOf(thrown) });
      return {
        reasons: rejectionReasons([], profile.errorCodes, words),
        warnings: ['Twilio’s reasons could not be read this time; the Console shows them.'],
      };
    }
  }

  #described(findings: Findings, account: Account | null, lastKnown: ProfileStatus | null): Profile {
    const parentSid = account?.parentSid ?? null;
    const mainLastKnown = parentSid === null ? null : this.#lastKnown(parentSid);
    return describeProfile({ ...findings, lastKnown, mainLastKnown }, account, this.#deps.clock.now());
  }

  #lastKnown(accountSid: string): ProfileStatus | null {
    if (this.#decided?.accountSid === accountSid) return this.#decided.status;
    try {
      return this.#sightings.lastDecided(accountSid);
    } catch (thrown) {
      this.#deps.logger.error('The Business Profile’s history can’t be read', { problem: messageOf(thrown) });
      return null;
    }
  }

  #remember(accountSid: string, profile: Profile): void {
    const { status, profileSid, checkedAt: at } = profile;
    try {
      this.#sightings.record(accountSid, {
        status,
        profileSid,
        reasons: profile.reasons.map(({ says }) => says),
        at,
      });
      this.#deps.settings.set('profile', profile, at);
    } catch (thrown) {
      this.#deps.logger.error('The Business Profile’s status could not be kept', {
        problem: messageOf(thrown),
      });
    }
  }

  #tell({ status, label, next }: Profile): void {
    const { notifier, logger } = this.#deps;
    logger.info('The Business Profile’s status has changed', { status });
    try {
      notifier.notify({ title: `Business Profile: ${label}`, body: next });
    } catch (thrown) {
      logger.error('A notice could not be shown', { problem: messageOf(thrown) });
    }
  }
}

/** Until the next look after one that brought this status. */
function waitAfter(status: ProfileStatus): number {
  return status === 'approved' ? approvedEveryMs : undecidedEveryMs;
}

function failed(problem: Problem): Findings {
  return { status: 'error', profile: null, reasons: [], problem, warnings: [] };
}

function unknownStatus(status: string): Problem {
  return plainProblem(
    `Twilio gives the profile a status that Patchbay does not know: “${status.slice(0, 60)}”.`,
    'See in the Console what it means; a newer Patchbay may know it.',
    profilePage(null),
  );
}

const unexpected: Problem = plainProblem(
  'Twilio’s answer about the Business Profile could not be understood.',
  'Look at the profile in the Console; Patchbay tries again by itself.',
  profilePage(null),
);
