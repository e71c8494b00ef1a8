import type { ProfileStatus } from '../../../src-preload/contract/profile.ts';
import { isoSeconds } from './dates.ts';
import { newSid } from './sid.ts';

/** A Business Profile as TrustHub holds it; Twilio's words. */
export interface RehearsedProfile {
  sid: string;
  friendlyName: string;
  policySid: string;
  status: 'draft' | 'pending-review' | 'in-review' | 'twilio-rejected' | 'twilio-approved';
  /** ISO 8601, or null: it does not expire. */
  validUntil: string | null;
  dateCreated: string;
  dateUpdated: string;
  /** Twilio's file does not say what is in it; its example is `{code: 18601}`. */
  errors: readonly object[];
  /** The newest first. */
  evaluations: readonly RehearsedEvaluation[];
}

export interface RehearsedEvaluation {
  sid: string;
  status: 'compliant' | 'noncompliant';
  dateCreated: string;
  results: readonly EvaluationResult[];
}

/** What an evaluation says of one requirement. */
export interface EvaluationResult {
  friendly_name: string;
  object_type: string;
  passed: boolean;
  failure_reason: string | null;
  error_code: number | null;
  valid: readonly object[];
  invalid: readonly {
    friendly_name: string;
    object_field: string;
    failure_reason: string;
    error_code: number;
  }[];
  requirement_friendly_name: string;
  requirement_name: string;
}

/** The policy of the primary Business Profile. */
const businessProfilePolicy = 'RN6433641899984f951173ef1738c3bdd0';

/** A profile with what Twilio would have given it; `given` wins. */
export function newProfile(given: Partial<RehearsedProfile> = {}): RehearsedProfile {
  const now = isoSeconds(new Date());
  const status = given.status ?? 'twilio-approved';
  return {
    sid: newSid('BU'),
    friendlyName: 'Harbour Plumbing',
    policySid: businessProfilePolicy,
    validUntil: null,
    dateCreated: now,
    dateUpdated: now,
    errors: status === 'twilio-rejected' ? [{ code: 18601 }] : [],
    evaluations: status === 'twilio-rejected' ? [newEvaluation(rejection)] : [],
    ...given,
    status,
  };
}

function newEvaluation(results: readonly EvaluationResult[]): RehearsedEvaluation {
  return {
    sid: newSid('EL'),
    status: results.every(({ passed }) => passed) ? 'compliant' : 'noncompliant',
    dateCreated: isoSeconds(new Date()),
    results,
  };
}

/** Twilio's word for a status that an operator can meet; nothing for the two that are no status of a profile. */
export function twilioStatusOf(status: ProfileStatus): RehearsedProfile['status'] | undefined {
  switch (status) {
    case 'approved':
      return 'twilio-approved';
    case 'in-review':
      return 'in-review';
    case 'pending':
      return 'pending-review';
    case 'rejected':
      return 'twilio-rejected';
    case 'draft':
      return 'draft';
    case 'error':
    case 'no-profile':
      return undefined;
  }
}

/** What a rejected profile's evaluation says, unless a test says otherwise. */
const rejection: readonly EvaluationResult[] = [
  {
    friendly_name: 'Business',
    object_type: 'customer_profile_business_information',
    passed: false,
    failure_reason: 'The business information does not match the public records.',
    error_code: 22217,
    valid: [],
    invalid: [
      {
        friendly_name: 'Business Registration Number',
        object_field: 'business_registration_number',
        failure_reason: 'The Business Registration Number was not found.',
        error_code: 22215,
      },
    ],
    requirement_friendly_name: 'Business',
    requirement_name: 'customer_profile_business_information',
  },
  {
    friendly_name: 'Physical address',
    object_type: 'customer_profile_address',
    passed: true,
    failure_reason: null,
    error_code: null,
    valid: [{ friendly_name: 'Address', object_field: 'address_sids' }],
    invalid: [],
    requirement_friendly_name: 'Physical address',
    requirement_name: 'customer_profile_address',
  },
];
