import { z } from 'zod';
import type { ProfileStatus } from '../../../src-preload/contract/profile.ts';

/** A Customer Profile as Twilio's TrustHub tells of it. */
export interface TrustHubProfile {
  sid: string;
  policySid: string | null;
  name: string | null;
  /** Twilio's own word. */
  status: string;
  /** Unix milliseconds; null: not told. */
  validUntil: number | null;
  updatedAt: number | null;
  /** Codes of what was wrong with it, like 18601. */
  errorCodes: number[];
}

/** What the profiles of an account come to. */
export type ProfilesFound =
  | { status: Exclude<ProfileStatus, 'error' | 'no-profile'>; profile: TrustHubProfile }
  | { status: 'no-profile' }
  /** There are profiles, but Twilio has a word for their status that is new. */
  | { status: 'error'; unknown: string };

/** Policy of the primary Business Profile, the one that counts for calls. */
export const primaryPolicySid = 'RN6433641899984f951173ef1738c3bdd0';
/** Policy of the secondary profile that a reseller makes for each customer; one of these decides nothing here. */
const secondaryPolicySid = 'RNdfbf3fae0e1107f8aded0e7cead80bf5';

/** Twilio's words, the best for the operator first. */
const statuses = [
  ['twilio-approved', 'approved'],
  ['in-review', 'in-review'],
  ['pending-review', 'pending'],
  ['twilio-rejected', 'rejected'],
  ['draft', 'draft'],
] as const;

/** The best of the account's profiles, in the order of `statuses`; the one changed last among equals. */
export function statusOf(profiles: readonly TrustHubProfile[]): ProfilesFound {
  const primary = profiles.filter(({ policySid }) => policySid !== secondaryPolicySid);
  for (const [theirs, status] of statuses) {
    const [newest] = primary
      .filter((profile) => profile.status === theirs)
      .toSorted((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0));
    if (newest !== undefined) return { status, profile: newest };
  }
  const [strange] = primary;
  return strange === undefined ? { status: 'no-profile' } : { status: 'error', unknown: strange.status };
}

/** The package hands out a Date, or the text itself when it is no date. */
const instant = z
  .union([z.date(), z.string()])
  .transform((value) => new Date(value).getTime())
  .transform((value) => (Number.isNaN(value) ? null : value))
  .nullish()
  .catch(null);

/** "The error codes": Twilio's file does not say more, and its example has them as `{"code": 18601}`. */
const bareCode = z.union([z.number(), z.string()]).transform(Number).pipe(z.int().positive());
const errorCode = z.union([bareCode, z.object({ code: bareCode }).transform(({ code }) => code)]);

/** A CustomerProfiles instance of the twilio package; what Twilio leaves out or adds is no reason to fail. */
const customerProfile = z.object({
  sid: z.string(),
  policySid: z.string().nullish().catch(null),
  friendlyName: z.string().nullish().catch(null),
  status: z.string().catch('unknown'),
  validUntil: instant,
  dateUpdated: instant,
  errors: z.array(z.unknown()).nullish().catch(null),
});

/** @param instance of the twilio package. @throws ZodError when it is no profile at all. */
export function fromCustomerProfile(instance: unknown): TrustHubProfile {
  const { sid, policySid, friendlyName, status, validUntil, dateUpdated, errors } =
    customerProfile.parse(instance);
  return {
    sid,
    policySid: policySid ?? null,
    name: friendlyName || null,
    status,
    validUntil: validUntil ?? null,
    updatedAt: dateUpdated ?? null,
    errorCodes: (errors ?? []).flatMap((each) => errorCode.safeParse(each).data ?? []),
  };
}
