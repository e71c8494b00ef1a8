import { ProblemError, TwilioRequestError } from '../errors.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { nullWhenGone } from '../twilio/when-gone.ts';
import { netPath } from './net-function.ts';
import { netProblems } from './net-problems.ts';

/** Names in the operator's account. The unique names make sure that there is one of each. */
const serviceName = 'patchbay-net';
const environmentName = 'live';
const functionName = 'answer';

/** The newest that Twilio's OpenAPI description of builds lists. */
const runtime = 'node22';

/**
 * The net's service in the operator's account, one step at a time: each finds what is there before it makes anything, so
 * that a step can be gone over again whatever became of the last try. Every method @throws TwilioRequestError.
 */
export class NetHosting {
  readonly #twilio: TwilioRest;

  constructor(twilio: TwilioRest) {
    this.#twilio = twilio;
  }

  /** @returns the service's SID, or null where the account has none. */
  async findService(): Promise<string | null> {
    const found = await nullWhenGone(
      this.#twilio.ask((client) => client.serverless.v1.services(serviceName).fetch()),
    );
    return found?.sid ?? null;
  }

  service(): Promise<string> {
    return this.#findOrMake(
      () => this.findService(),
      async () => {
        const made = await this.#twilio.ask((client) =>
          client.serverless.v1.services.create({
            uniqueName: serviceName,
            friendlyName: 'Patchbay net',
            includeCredentials: false,
            uiEditable: false,
          }),
        );
        return made.sid;
      },
    );
  }

  /** @returns the one place of the service where something is in force, under a domain of its own. */
  async environment(serviceSid: string): Promise<{ sid: string; domain: string }> {
    const found = await this.#findOrMake(
      async () => {
        const all = await this.#twilio.ask((client) =>
          client.serverless.v1.services(serviceSid).environments.list(),
        );
        return all.find(({ uniqueName }) => uniqueName === environmentName) ?? null;
      },
      () =>
        this.#twilio.ask((client) =>
          client.serverless.v1.services(serviceSid).environments.create({ uniqueName: environmentName }),
        ),
    );
    if (!found.domainName) throw new ProblemError(netProblems.noDomain);
    return { sid: found.sid, domain: found.domainName };
  }

  function(serviceSid: string): Promise<string> {
    return this.#findOrMake(
      async () => (await this.#functionSids(serviceSid))[0] ?? null,
      async () => {
        const made = await this.#twilio.ask((client) =>
          client.serverless.v1.services(serviceSid).functions.create({ friendlyName: functionName }),
        );
        return made.sid;
      },
    );
  }

  /** @returns the SID of the version. Only requests that Twilio signed get to it: it names private numbers. */
  async upload(serviceSid: string, functionSid: string, content: string): Promise<string> {
    const { sid } = await this.#twilio.uploadFunction({
      serviceSid,
      functionSid,
      path: netPath,
      visibility: 'protected',
      content,
    });
    return sid;
  }

  /** Begins a build. Twilio gives each its own `twilio` package (Twilio, "Functions: Dependencies"). */
  async build(serviceSid: string, versionSid: string): Promise<string> {
    const { sid } = await this.#twilio.ask((client) =>
      client.serverless.v1.services(serviceSid).builds.create({ functionVersions: [versionSid], runtime }),
    );
    return sid;
  }

  /** @returns "gone" when there is no such build. A status that Twilio invents later counts as still under way. */
  async buildStatus(
    serviceSid: string,
    buildSid: string,
  ): Promise<'building' | 'completed' | 'failed' | 'gone'> {
    const found = await nullWhenGone(
      this.#twilio.ask((client) =>
        client.serverless.v1.services(serviceSid).builds(buildSid).buildStatus().fetch(),
      ),
    );
    if (found === null) return 'gone';
    return found.status === 'completed' || found.status === 'failed' ? found.status : 'building';
  }

  /** @returns the SID of the build in force, or null. */
  async deployed(serviceSid: string, environmentSid: string): Promise<string | null> {
    const { buildSid } = await this.#twilio.ask((client) =>
      client.serverless.v1.services(serviceSid).environments(environmentSid).fetch(),
    );
    return buildSid ?? null;
  }

  /** Puts a build in force, unless it is. */
  async deploy(serviceSid: string, environmentSid: string, buildSid: string): Promise<void> {
    if ((await this.deployed(serviceSid, environmentSid)) === buildSid) return;
    try {
      await this.#twilio.ask((client) =>
        client.serverless.v1
          .services(serviceSid)
          .environments(environmentSid)
          .deployments.create({ buildSid }),
      );
    } catch (thrown) {
      // A deployment that is under way already is refused with 409; an answer may be lost after it was carried out.
      const underWay = thrown instanceof TwilioRequestError && thrown.status === 409;
      if (!underWay && (await this.deployed(serviceSid, environmentSid)) !== buildSid) throw thrown;
    }
  }

  /** Removes what earlier publications left: builds that are not in force, and a second Function of the name. */
  async tidy(
    serviceSid: string,
    keep: { buildSids: readonly (string | null)[]; functionSid: string },
  ): Promise<void> {
    const builds = await this.#twilio.ask((client) =>
      client.serverless.v1.services(serviceSid).builds.list(),
    );
    for (const { sid } of builds) {
      if (keep.buildSids.includes(sid)) continue;
      await nullWhenGone(
        this.#twilio.ask((client) => client.serverless.v1.services(serviceSid).builds(sid).remove()),
      );
    }
    for (const sid of await this.#functionSids(serviceSid)) {
      if (sid === keep.functionSid) continue;
      await nullWhenGone(
        this.#twilio.ask((client) => client.serverless.v1.services(serviceSid).functions(sid).remove()),
      );
    }
  }

  /** @returns the domains under which something of the service may be in force. */
  async domains(serviceSid: string): Promise<string[]> {
    const all = await nullWhenGone(
      this.#twilio.ask((client) => client.serverless.v1.services(serviceSid).environments.list()),
    );
    return (all ?? []).flatMap(({ domainName }) => domainName ?? []);
  }

  /** Whether a number of the account still leads to a page of this domain. */
  async isUsed(domain: string): Promise<boolean> {
    const numbers = await this.#twilio.ask((client) => client.incomingPhoneNumbers.list());
    return numbers.some(({ voiceUrl, voiceFallbackUrl }) =>
      [voiceUrl, voiceFallbackUrl].some((url) => URL.parse(url ?? '')?.host === domain),
    );
  }

  /** Removes the service with all that is in it. */
  async remove(serviceSid: string): Promise<void> {
    await nullWhenGone(this.#twilio.ask((client) => client.serverless.v1.services(serviceSid).remove()));
  }

  async #functionSids(serviceSid: string): Promise<string[]> {
    const all = await this.#twilio.ask((client) =>
      client.serverless.v1.services(serviceSid).functions.list(),
    );
    return all.flatMap(({ sid, friendlyName }) => (friendlyName === functionName ? [sid] : [])).sort();
  }

  /** When making fails, it may have been made all the same, or by an earlier try whose answer was lost. */
  async #findOrMake<T>(find: () => Promise<T | null>, make: () => Promise<T>): Promise<T> {
    const found = await find();
    if (found !== null) return found;
    try {
      return await make();
    } catch (thrown) {
      const made = await find().catch(() => null);
      if (made === null) throw thrown;
      return made;
    }
  }
}
