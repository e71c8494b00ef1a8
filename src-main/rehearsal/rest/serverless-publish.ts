import { notFound, type RestAnswer, type RestRequest, twilioError } from './route.ts';
import type { RehearsedService, RehearsedVersion, Visibility } from './serverless.ts';
import { buildBody, deploymentBody, versionBody } from './serverless-bodies.ts';

/** What Twilio's OpenAPI file knows. */
const runtimes = ['node8', 'node10', 'node12', 'node14', 'node16', 'node18', 'node20', 'node22'];
const visibilities: readonly Visibility[] = ['public', 'protected', 'private'];

/** Takes a Function's content (multipart: Path, Visibility, Content) as a new version. */
export async function uploadVersion(
  { account, pathParams, path, headers, raw }: RestRequest,
  service: RehearsedService,
): Promise<RestAnswer> {
  const { serverless } = account;
  const made = serverless.functions.find(
    ({ sid, serviceSid }) => sid === pathParams.FunctionSid && serviceSid === service.sid,
  );
  if (made === undefined) return notFound(path);
  const form = await readMultipart(raw, headers['content-type']);
  if (form === undefined) return twilioError(400, 20001, 'The body is no multipart/form-data');
  const at = form.get('Path');
  const visibility = visibilities.find((word) => word === form.get('Visibility'));
  const content = form.get('Content');
  if (typeof at !== 'string' || !/^\/[\w\-.~!$&'()*+,;=:@%/]{0,254}$/.test(at)) {
    return twilioError(400, 20001, 'Path must begin with / and be a valid path of a URL');
  }
  if (visibility === undefined) return twilioError(400, 20001, 'Visibility is not valid');
  // A file, with a name and a type: a mere field is not taken.
  if (content === null || typeof content === 'string') {
    return twilioError(400, 20001, 'Content must be a file');
  }
  const version: RehearsedVersion = {
    ...serverless.made('ZN'),
    serviceSid: service.sid,
    functionSid: made.sid,
    path: at,
    visibility,
    content: await content.text(),
  };
  serverless.versions.push(version);
  return { status: 201, body: versionBody(account, version) };
}

/** Puts versions together; it takes a moment until the build is done. */
export function createBuild({ account, form }: RestRequest, service: RehearsedService): RestAnswer {
  const { serverless } = account;
  const wanted = form.getAll('FunctionVersions');
  const runtime = form.get('Runtime') ?? 'node22';
  if (!runtimes.includes(runtime)) return twilioError(400, 20001, `Runtime ${runtime} is not supported`);
  if (wanted.length === 0 && !form.has('AssetVersions')) {
    return twilioError(400, 20001, 'At least one function version or asset version is required');
  }
  const versions = wanted.flatMap(
    (sid) => serverless.versions.find((each) => each.sid === sid && each.serviceSid === service.sid) ?? [],
  );
  if (versions.length < wanted.length) return twilioError(400, 20001, 'A function version does not exist');
  if (new Set(versions.map(({ path }) => path)).size < versions.length) {
    return twilioError(400, 20001, 'Two function versions have the same path');
  }
  return { status: 201, body: buildBody(account, serverless.addBuild(service.sid, versions, runtime)) };
}

/** Lets a build answer under an environment's domain. */
export function deploy(
  { account, form, pathParams, path }: RestRequest,
  service: RehearsedService,
): RestAnswer {
  const { serverless } = account;
  const environment = serverless.environments.find(
    ({ sid, serviceSid }) => sid === pathParams.EnvironmentSid && serviceSid === service.sid,
  );
  if (environment === undefined) return notFound(path);
  const buildSid = form.get('BuildSid');
  const build = serverless.builds.find(
    ({ sid, serviceSid }) => sid === buildSid && serviceSid === service.sid,
  );
  if (buildSid !== null && build === undefined) return twilioError(400, 20001, 'The build does not exist');
  if (build !== undefined && serverless.statusOf(build) !== 'completed') {
    return twilioError(400, 20001, 'The build is not completed');
  }
  if (environment.buildSid === buildSid) {
    return twilioError(409, 20409, 'Environment has already requested deployment of this build');
  }
  environment.buildSid = buildSid;
  const deployment = {
    ...serverless.made('ZD'),
    serviceSid: service.sid,
    environmentSid: environment.sid,
    buildSid,
  };
  serverless.deployments.push(deployment);
  return { status: 201, body: deploymentBody(account, deployment) };
}

async function readMultipart(raw: Buffer, contentType: string | undefined): Promise<FormData | undefined> {
  if (!contentType?.toLowerCase().startsWith('multipart/form-data')) return undefined;
  try {
    return await new Response(new Uint8Array(raw), { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    return undefined;
  }
}
