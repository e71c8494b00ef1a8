import { isoSeconds } from './dates.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import type {
  RehearsedBuild,
  RehearsedDeployment,
  RehearsedEnvironment,
  RehearsedFunction,
  RehearsedService,
  RehearsedVersion,
} from './serverless.ts';

const base = 'https://serverless.twilio.com/v1/Services';

function common(account: RehearsalAccount, made: { sid: string; createdAt: Date }, url: string): object {
  return {
    sid: made.sid,
    account_sid: account.sid,
    date_created: isoSeconds(made.createdAt),
    date_updated: isoSeconds(made.createdAt),
    url,
  };
}

function linksUnder(url: string, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, `${url}/${name}`]));
}

export function serviceBody(account: RehearsalAccount, service: RehearsedService): object {
  const url = `${base}/${service.sid}`;
  return {
    ...common(account, service, url),
    unique_name: service.uniqueName,
    friendly_name: service.friendlyName,
    include_credentials: service.includeCredentials,
    ui_editable: service.uiEditable,
    domain_base: service.domainBase,
    links: linksUnder(url, {
      environments: 'Environments',
      functions: 'Functions',
      assets: 'Assets',
      builds: 'Builds',
    }),
  };
}

export function environmentBody(account: RehearsalAccount, environment: RehearsedEnvironment): object {
  const url = `${base}/${environment.serviceSid}/Environments/${environment.sid}`;
  return {
    ...common(account, environment, url),
    service_sid: environment.serviceSid,
    build_sid: environment.buildSid,
    unique_name: environment.uniqueName,
    domain_suffix: environment.domainSuffix,
    domain_name: environment.domainName,
    links: linksUnder(url, { variables: 'Variables', deployments: 'Deployments', logs: 'Logs' }),
  };
}

export function functionBody(account: RehearsalAccount, made: RehearsedFunction): object {
  const url = `${base}/${made.serviceSid}/Functions/${made.sid}`;
  return {
    ...common(account, made, url),
    service_sid: made.serviceSid,
    friendly_name: made.friendlyName,
    links: linksUnder(url, { function_versions: 'Versions' }),
  };
}

export function versionBody(account: RehearsalAccount, version: RehearsedVersion): object {
  const url = `${base}/${version.serviceSid}/Functions/${version.functionSid}/Versions/${version.sid}`;
  return {
    sid: version.sid,
    account_sid: account.sid,
    service_sid: version.serviceSid,
    function_sid: version.functionSid,
    path: version.path,
    visibility: version.visibility,
    date_created: isoSeconds(version.createdAt),
    url,
    links: linksUnder(url, { function_version_content: 'Content' }),
  };
}

export function buildBody(account: RehearsalAccount, build: RehearsedBuild): object {
  const url = `${base}/${build.serviceSid}/Builds/${build.sid}`;
  return {
    ...common(account, build, url),
    service_sid: build.serviceSid,
    status: account.serverless.statusOf(build),
    asset_versions: [],
    // Without what only the version itself says.
    function_versions: build.versions.map((version) => ({
      sid: version.sid,
      account_sid: account.sid,
      service_sid: version.serviceSid,
      function_sid: version.functionSid,
      path: version.path,
      visibility: version.visibility,
      date_created: isoSeconds(version.createdAt),
    })),
    dependencies: [],
    runtime: build.runtime,
    links: linksUnder(url, { build_status: 'Status' }),
  };
}

export function buildStatusBody(account: RehearsalAccount, build: RehearsedBuild): object {
  return {
    sid: build.sid,
    account_sid: account.sid,
    service_sid: build.serviceSid,
    status: account.serverless.statusOf(build),
    url: `${base}/${build.serviceSid}/Builds/${build.sid}/Status`,
  };
}

export function deploymentBody(account: RehearsalAccount, deployment: RehearsedDeployment): object {
  const { serviceSid, environmentSid } = deployment;
  const url = `${base}/${serviceSid}/Environments/${environmentSid}/Deployments/${deployment.sid}`;
  return {
    ...common(account, deployment, url),
    service_sid: serviceSid,
    environment_sid: environmentSid,
    build_sid: deployment.buildSid,
  };
}
