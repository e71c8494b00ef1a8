import { randomInt, timingSafeEqual } from 'node:crypto';
import type { HostedAnswer, HostedPages, HostedRequest } from '../hosted-pages.ts';
import type { ScriptTime } from '../script-time.ts';
import { twilioSignature } from '../signature.ts';
import { type FunctionCall, runFunction } from './serverless-function.ts';
import { newSid } from './sid.ts';

interface Made {
  sid: string;
  createdAt: Date;
}

export interface RehearsedService extends Made {
  uniqueName: string;
  friendlyName: string;
  includeCredentials: boolean;
  uiEditable: boolean;
  /** What the domains of its environments begin with. */
  domainBase: string;
}

export interface RehearsedEnvironment extends Made {
  serviceSid: string;
  uniqueName: string;
  domainSuffix: string | null;
  domainName: string;
  /** What answers under its domain; null: nothing yet. */
  buildSid: string | null;
}

export interface RehearsedFunction extends Made {
  serviceSid: string;
  friendlyName: string;
}

export type Visibility = 'public' | 'protected' | 'private';

export interface RehearsedVersion extends Made {
  serviceSid: string;
  functionSid: string;
  path: string;
  visibility: Visibility;
  content: string;
}

export interface RehearsedBuild extends Made {
  serviceSid: string;
  runtime: string;
  /** As they were when it was made; they answer on when their Functions are gone. */
  versions: readonly RehearsedVersion[];
  /** When it is made; real milliseconds on the line's clock. */
  readyAt: number;
  fails: boolean;
}

export interface RehearsedDeployment extends Made {
  serviceSid: string;
  environmentSid: string;
  buildSid: string | null;
}

/** How long Twilio makes a build; script seconds. */
const buildSeconds = 1;

export interface RehearsedServerlessOptions {
  accountSid: string;
  /** Signatures are checked with it. */
  authToken: () => string;
  /** Builds take their time on it. */
  time: () => ScriptTime;
}

/** Twilio Serverless for one account: what was uploaded, built and deployed, and the pages that answer. */
export class RehearsedServerless implements HostedPages {
  readonly services: RehearsedService[] = [];
  readonly environments: RehearsedEnvironment[] = [];
  readonly functions: RehearsedFunction[] = [];
  readonly versions: RehearsedVersion[] = [];
  readonly builds: RehearsedBuild[] = [];
  readonly deployments: RehearsedDeployment[] = [];
  /** So many of the next builds fail. */
  failBuilds = 0;
  readonly #options: RehearsedServerlessOptions;

  constructor(options: RehearsedServerlessOptions) {
    this.#options = options;
  }

  /** A new resource's SID and date. */
  made(prefix: string): Made {
    return { sid: newSid(prefix), createdAt: this.#options.time().date() };
  }

  /** By SID or unique name. */
  service(sidOrName: string | undefined): RehearsedService | undefined {
    return this.services.find(({ sid, uniqueName }) => sid === sidOrName || uniqueName === sidOrName);
  }

  addService(service: Omit<RehearsedService, keyof Made | 'domainBase'>): RehearsedService {
    const domainBase = `${service.uniqueName.toLowerCase().replaceAll('_', '-')}-${randomInt(1000, 10_000)}`;
    const made = { ...this.made('ZS'), ...service, domainBase };
    this.services.push(made);
    return made;
  }

  /** The service goes with everything in it. */
  removeService(serviceSid: string): void {
    const isIn = (item: { serviceSid: string }): boolean => item.serviceSid === serviceSid;
    remove(this.environments, isIn);
    remove(this.functions, isIn);
    remove(this.versions, isIn);
    remove(this.builds, isIn);
    remove(this.deployments, isIn);
    remove(this.services, ({ sid }) => sid === serviceSid);
  }

  addBuild(serviceSid: string, versions: readonly RehearsedVersion[], runtime: string): RehearsedBuild {
    const time = this.#options.time();
    const fails = this.failBuilds > 0;
    if (fails) this.failBuilds -= 1;
    const readyAt = time.now() + time.toMs(buildSeconds);
    const build = { ...this.made('ZB'), serviceSid, versions: [...versions], runtime, readyAt, fails };
    this.builds.push(build);
    return build;
  }

  statusOf(build: RehearsedBuild): 'building' | 'completed' | 'failed' {
    if (this.#options.time().now() < build.readyAt) return 'building';
    return build.fails ? 'failed' : 'completed';
  }

  isDeployed(build: RehearsedBuild): boolean {
    return this.environments.some(({ buildSid }) => buildSid === build.sid);
  }

  /** Whether a page under this host is the account's. */
  hosts(host: string): boolean {
    return this.environments.some(({ domainName }) => domainName === host.toLowerCase());
  }

  /** What Twilio's servers answer for a page that the account hosts. */
  async answer({ url, method, params, signature }: HostedRequest): Promise<HostedAnswer> {
    const { hostname, pathname, searchParams } = new URL(url);
    const environment = this.environments.find(({ domainName }) => domainName === hostname);
    const build = this.builds.find(({ sid }) => sid === environment?.buildSid);
    const version = build?.versions.find(
      ({ path, visibility }) => path === pathname && visibility !== 'private',
    );
    if (environment === undefined || version === undefined) return plain(404, 'file not found');
    if (version.visibility === 'protected') {
      const expected = twilioSignature(this.#options.authToken(), url, method === 'POST' ? params : {});
      if (signature === undefined || !isSame(expected, signature)) {
        return plain(403, 'Unauthorized - you are not authenticated to perform this request');
      }
    }
    const call: FunctionCall = {
      content: version.content,
      path: version.path,
      context: {
        DOMAIN_NAME: environment.domainName,
        PATH: version.path,
        SERVICE_SID: environment.serviceSid,
        ENVIRONMENT_SID: environment.sid,
      },
      event: { ...Object.fromEntries(searchParams), ...params },
    };
    return await runFunction(call);
  }
}

/** Takes out of a list what fits. */
export function remove<T>(list: T[], fits: (item: T) => boolean): void {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    const item = list[index];
    if (item !== undefined && fits(item)) list.splice(index, 1);
  }
}

function plain(status: number, body: string): HostedAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
