import { pageOfV1 } from './pages.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { notFound, type RestAnswer, type RestRequest, type Route, twilioError } from './route.ts';
import { type RehearsedService, remove } from './serverless.ts';
import {
  buildBody,
  buildStatusBody,
  deploymentBody,
  environmentBody,
  functionBody,
  serviceBody,
  versionBody,
} from './serverless-bodies.ts';
import { createBuild, deploy, uploadVersion } from './serverless-publish.ts';

const subdomain = 'serverless';
const services = '/v1/Services';
const environments = `${services}/{ServiceSid}/Environments`;
const deployments = `${environments}/{EnvironmentSid}/Deployments`;
const functions = `${services}/{ServiceSid}/Functions`;
const versions = `${functions}/{FunctionSid}/Versions`;
const builds = `${services}/{ServiceSid}/Builds`;

/** Services, environments, Functions and their versions, builds and deployments. */
export const serverlessRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: services,
    handle: (request) => listOf(request, 'services', request.account.serverless.services, serviceBody),
  },
  { subdomain, method: 'POST', pattern: services, handle: createService },
  {
    subdomain,
    method: 'GET',
    pattern: `${services}/{Sid}`,
    handle: ({ account, pathParams, path }) =>
      oneOf(account.serverless.service(pathParams.Sid), path, (service) => serviceBody(account, service)),
  },
  {
    subdomain,
    method: 'DELETE',
    pattern: `${services}/{Sid}`,
    handle({ account, pathParams, path }) {
      const service = account.serverless.service(pathParams.Sid);
      if (service === undefined) return notFound(path);
      account.serverless.removeService(service.sid);
      return { status: 204, body: null };
    },
  },
  ...resourceRoutes('Environments', 'environments', 'environments', environmentBody),
  { subdomain, method: 'POST', pattern: environments, handle: inService(createEnvironment) },
  ...resourceRoutes('Functions', 'functions', 'functions', functionBody),
  { subdomain, method: 'POST', pattern: functions, handle: inService(createFunction) },
  {
    subdomain,
    method: 'GET',
    pattern: versions,
    handle: inService((request, service) => {
      const { account, pathParams } = request;
      const found = account.serverless.versions.filter(
        ({ serviceSid, functionSid }) => serviceSid === service.sid && functionSid === pathParams.FunctionSid,
      );
      return listOf(request, 'function_versions', found, versionBody);
    }),
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${versions}/{Sid}`,
    handle: inService(({ account, pathParams, path }, service) =>
      oneOf(
        account.serverless.versions.find(
          ({ sid, functionSid, serviceSid }) =>
            sid === pathParams.Sid && functionSid === pathParams.FunctionSid && serviceSid === service.sid,
        ),
        path,
        (version) => versionBody(account, version),
      ),
    ),
  },
  {
    subdomain: 'serverless-upload',
    method: 'POST',
    pattern: versions,
    handle: inService(uploadVersion),
  },
  ...resourceRoutes('Builds', 'builds', 'builds', buildBody),
  { subdomain, method: 'POST', pattern: builds, handle: inService(createBuild) },
  {
    subdomain,
    method: 'GET',
    pattern: `${builds}/{Sid}/Status`,
    handle: inService(({ account, pathParams, path }, service) =>
      oneOf(
        account.serverless.builds.find(
          ({ sid, serviceSid }) => sid === pathParams.Sid && serviceSid === service.sid,
        ),
        path,
        (build) => buildStatusBody(account, build),
      ),
    ),
  },
  { subdomain, method: 'POST', pattern: deployments, handle: inService(deploy) },
  {
    subdomain,
    method: 'GET',
    pattern: deployments,
    handle: inService((request, service) => {
      const { account, pathParams } = request;
      const found = account.serverless.deployments
        .filter(
          ({ serviceSid, environmentSid }) =>
            serviceSid === service.sid && environmentSid === pathParams.EnvironmentSid,
        )
        .toReversed();
      return listOf(request, 'deployments', found, deploymentBody);
    }),
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${deployments}/{Sid}`,
    handle: inService(({ account, pathParams, path }, service) =>
      oneOf(
        account.serverless.deployments.find(
          ({ sid, serviceSid }) => sid === pathParams.Sid && serviceSid === service.sid,
        ),
        path,
        (deployment) => deploymentBody(account, deployment),
      ),
    ),
  },
];

type Item<K extends 'environments' | 'functions' | 'builds'> = RehearsalAccount['serverless'][K][number];

/** List, fetch and delete of what stands directly in a service. */
function resourceRoutes<K extends 'environments' | 'functions' | 'builds'>(
  name: string,
  list: K,
  key: string,
  body: (account: RehearsalAccount, item: Item<K>) => object,
): Route[] {
  const pattern = `${services}/{ServiceSid}/${name}`;
  const itemsOf = (account: RehearsalAccount): Item<K>[] => account.serverless[list] as Item<K>[];
  const inIt = (account: RehearsalAccount, service: RehearsedService): Item<K>[] =>
    itemsOf(account).filter(({ serviceSid }) => serviceSid === service.sid);
  return [
    {
      subdomain,
      method: 'GET',
      pattern,
      handle: inService((request, service) =>
        listOf(request, key, inIt(request.account, service).toReversed(), body),
      ),
    },
    {
      subdomain,
      method: 'GET',
      pattern: `${pattern}/{Sid}`,
      handle: inService(({ account, pathParams, path }, service) =>
        oneOf(
          inIt(account, service).find(({ sid }) => sid === pathParams.Sid),
          path,
          (item) => body(account, item),
        ),
      ),
    },
    {
      subdomain,
      method: 'DELETE',
      pattern: `${pattern}/{Sid}`,
      handle: inService(({ account, pathParams, path }, service) => {
        const found = inIt(account, service).find(({ sid }) => sid === pathParams.Sid);
        if (found === undefined) return notFound(path);
        if ('versions' in found && account.serverless.isDeployed(found)) {
          return twilioError(409, 20409, 'Build is deployed and can not be deleted');
        }
        remove(itemsOf(account), ({ sid }) => sid === found.sid);
        if (list === 'functions') {
          remove(account.serverless.versions, ({ functionSid }) => functionSid === found.sid);
        }
        return { status: 204, body: null };
      }),
    },
  ];
}

function inService(
  handle: (request: RestRequest, service: RehearsedService) => RestAnswer | Promise<RestAnswer>,
): Route['handle'] {
  return (request) => {
    const service = request.account.serverless.service(request.pathParams.ServiceSid);
    return service === undefined ? notFound(request.path) : handle(request, service);
  };
}

function listOf<T>(
  request: RestRequest,
  key: string,
  items: readonly T[],
  body: (account: RehearsalAccount, item: T) => object,
): RestAnswer {
  return pageOfV1(
    request,
    key,
    items.map((item) => body(request.account, item)),
  );
}

function oneOf<T>(found: T | undefined, path: string, body: (found: T) => object): RestAnswer {
  return found === undefined ? notFound(path) : { status: 200, body: body(found) };
}

function createService({ account, form }: RestRequest): RestAnswer {
  const uniqueName = form.get('UniqueName') ?? '';
  const friendlyName = form.get('FriendlyName') ?? '';
  if (!/^[\w-]{1,50}$/.test(uniqueName)) {
    return twilioError(400, 20001, 'UniqueName must be 1 to 50 letters, digits, - or _');
  }
  if (friendlyName === '') return twilioError(400, 20001, 'FriendlyName is required');
  if (account.serverless.service(uniqueName) !== undefined) {
    return twilioError(409, 20409, 'Service with this UniqueName already exists.');
  }
  const service = account.serverless.addService({
    uniqueName,
    friendlyName,
    includeCredentials: form.get('IncludeCredentials') !== 'false',
    uiEditable: form.get('UiEditable') === 'true',
  });
  return { status: 201, body: serviceBody(account, service) };
}

function createEnvironment({ account, form }: RestRequest, service: RehearsedService): RestAnswer {
  const { serverless } = account;
  const uniqueName = form.get('UniqueName') ?? '';
  const domainSuffix = form.get('DomainSuffix') || null;
  if (!/^[\w-]{1,100}$/.test(uniqueName)) {
    return twilioError(400, 20001, 'UniqueName must be 1 to 100 letters, digits, - or _');
  }
  if (domainSuffix !== null && !/^[a-z0-9-]{1,16}$/.test(domainSuffix)) {
    return twilioError(400, 20001, 'DomainSuffix must be 1 to 16 small letters, digits or -');
  }
  const isTaken = serverless.environments.some(
    (other) =>
      other.serviceSid === service.sid &&
      (other.uniqueName === uniqueName || other.domainSuffix === domainSuffix),
  );
  if (isTaken) {
    return twilioError(409, 20409, 'Environment with this UniqueName or DomainSuffix already exists.');
  }
  const environment = {
    ...serverless.made('ZE'),
    serviceSid: service.sid,
    uniqueName,
    domainSuffix,
    domainName: `${service.domainBase}${domainSuffix === null ? '' : `-${domainSuffix}`}.twil.io`,
    buildSid: null,
  };
  serverless.environments.push(environment);
  return { status: 201, body: environmentBody(account, environment) };
}

function createFunction({ account, form }: RestRequest, service: RehearsedService): RestAnswer {
  const friendlyName = form.get('FriendlyName') ?? '';
  if (friendlyName === '' || friendlyName.length > 255) {
    return twilioError(400, 20001, 'FriendlyName must be 1 to 255 characters');
  }
  const made = { ...account.serverless.made('ZH'), serviceSid: service.sid, friendlyName };
  account.serverless.functions.push(made);
  return { status: 201, body: functionBody(account, made) };
}
