import { pageOfV1 } from './pages.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import type { RehearsedEvaluation, RehearsedProfile } from './rehearsal-profiles.ts';
import { notFound, type RestAnswer, type RestRequest, type Route, twilioError } from './route.ts';

const subdomain = 'trusthub';
const base = 'https://trusthub.twilio.com/v1/CustomerProfiles';

/** Business Profiles and their evaluations. */
export const trusthubRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/CustomerProfiles',
    handle: unlessRefused((request) => {
      const { account, query } = request;
      const status = query.get('Status');
      const policy = query.get('PolicySid');
      const name = query.get('FriendlyName');
      const found = account.profiles.filter(
        (profile) =>
          (status === null || profile.status === status) &&
          (policy === null || profile.policySid === policy) &&
          (name === null || profile.friendlyName === name),
      );
      return pageOfV1(
        request,
        'results',
        found.map((profile) => profileBody(account, profile)),
      );
    }),
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/CustomerProfiles/{Sid}',
    handle: unlessRefused(({ account, pathParams, path }) => {
      const found = account.profiles.find(({ sid }) => sid === pathParams.Sid);
      return found === undefined ? notFound(path) : { status: 200, body: profileBody(account, found) };
    }),
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/CustomerProfiles/{CustomerProfileSid}/Evaluations',
    handle: unlessRefused((request) => {
      const { account, pathParams, path } = request;
      const profile = account.profiles.find(({ sid }) => sid === pathParams.CustomerProfileSid);
      if (profile === undefined) return notFound(path);
      return pageOfV1(
        request,
        'results',
        profile.evaluations.map((evaluation) => evaluationBody(account, profile, evaluation)),
      );
    }),
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/CustomerProfiles/{CustomerProfileSid}/Evaluations/{Sid}',
    handle: unlessRefused(({ account, pathParams, path }) => {
      const profile = account.profiles.find(({ sid }) => sid === pathParams.CustomerProfileSid);
      const evaluation = profile?.evaluations.find(({ sid }) => sid === pathParams.Sid);
      if (profile === undefined || evaluation === undefined) return notFound(path);
      return { status: 200, body: evaluationBody(account, profile, evaluation) };
    }),
  },
];

function unlessRefused(handle: (request: RestRequest) => RestAnswer): Route['handle'] {
  return (request) =>
    request.account.profilesRefused ? twilioError(403, 20006, 'Access Denied') : handle(request);
}

function profileBody(account: RehearsalAccount, profile: RehearsedProfile): object {
  const url = `${base}/${profile.sid}`;
  return {
    sid: profile.sid,
    account_sid: account.sid,
    policy_sid: profile.policySid,
    friendly_name: profile.friendlyName,
    status: profile.status,
    valid_until: profile.validUntil,
    email: 'owner@example.com',
    status_callback: null,
    date_created: profile.dateCreated,
    date_updated: profile.dateUpdated,
    errors: profile.errors,
    url,
    links: {
      customer_profiles_entity_assignments: `${url}/EntityAssignments`,
      customer_profiles_evaluations: `${url}/Evaluations`,
      customer_profiles_channel_endpoint_assignment: `${url}/ChannelEndpointAssignments`,
    },
  };
}

function evaluationBody(
  account: RehearsalAccount,
  profile: RehearsedProfile,
  evaluation: RehearsedEvaluation,
): object {
  return {
    sid: evaluation.sid,
    account_sid: account.sid,
    policy_sid: profile.policySid,
    customer_profile_sid: profile.sid,
    status: evaluation.status,
    results: evaluation.results,
    date_created: evaluation.dateCreated,
    url: `${base}/${profile.sid}/Evaluations/${evaluation.sid}`,
  };
}
