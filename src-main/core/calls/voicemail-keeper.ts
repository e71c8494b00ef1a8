import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { doubled, jittered } from '../back-off.ts';
import type { CallQueries } from '../database/calls.ts';
import { messageOf, UnusableMediaError } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import type { CallLog } from './call-log.ts';

export interface VoicemailKeeperDeps {
  log: CallLog;
  calls: Pick<CallQueries, 'voicemailsToKeep'>;
  twilio: Pick<TwilioRest, 'fetchMedia'>;
  /** The folder of the recordings, in the data folder; made when the first one comes. */
  folder: string;
  clock: Clock;
  logger: Logger;
  /** How long to wait after so many failures in a row, in milliseconds; a test brings its own. */
  waitAfter?: (failures: number) => number;
}

/** A recording as it is handed out. */
export interface KeptRecording {
  contentType: string;
  bytes: Buffer;
}

interface Waiting {
  callId: string;
  url: string;
  seconds: number;
  /** Unix time of the voicemail. */
  recordedAt: number;
  failures: number;
  /** Unix time of the next try. */
  nextAt: number;
}

/** Twilio has a recording some seconds after the call; a computer that was off, or credentials that were wrong, take longer. */
const keepsTryingMs = 7 * 24 * 60 * 60 * 1000;

const backOff = (failures: number): number => jittered(doubled(failures, 1_000, 60 * 60 * 1000));

/**
 * Fetches the voicemails of callers from Twilio and keeps them with their calls, `recordings/<callId>.mp3` in the data
 * folder. What Twilio does not have yet is asked for again, across restarts.
 */
export class VoicemailKeeper {
  readonly #deps: VoicemailKeeperDeps;
  readonly #waitAfter: (failures: number) => number;
  readonly #waiting = new Map<string, Waiting>();
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: VoicemailKeeperDeps) {
    this.#deps = deps;
    this.#waitAfter = deps.waitAfter ?? backOff;
  }

  /** Fetches every voicemail from now on, and those that an earlier stop left at Twilio. */
  start(): void {
    const { log, calls, clock } = this.#deps;
    this.#unsubscribe = log.subscribe((update) => {
      if (update.kind !== 'event' || update.event.fact.type !== 'voicemail.recorded') return;
      const { recordingUrl, seconds } = update.event.fact;
      this.#add(update.call.id, { url: recordingUrl, seconds, recordedAt: update.event.at });
    });
    for (const { callId, ...left } of calls.voicemailsToKeep(clock.now() - keepsTryingMs)) {
      this.#add(callId, left);
    }
  }

  /** Asks for nothing more; what is under way is begun anew at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    await this.#working;
  }

  /** The recording of a call, or undefined when none is kept, or its file was taken away. */
  async read({ recording }: CallView): Promise<KeptRecording | undefined> {
    if (recording === null) return undefined;
    try {
      const bytes = await readFile(join(this.#deps.folder, basename(recording.file)));
      return { contentType: recording.contentType, bytes };
    } catch (thrown) {
      this.#deps.logger.warn('A recording can’t be read', { problem: messageOf(thrown) });
      return undefined;
    }
  }

  #add(callId: string, about: Pick<Waiting, 'url' | 'seconds' | 'recordedAt'>): void {
    this.#waiting.set(callId, { callId, ...about, failures: 0, nextAt: this.#deps.clock.now() });
    this.#work();
  }

  /** One at a time: a hundred recordings at once would take the line from the calls. */
  #work(): void {
    if (this.#working !== undefined || this.#stopped) return;
    clearTimeout(this.#timer);
    const next = [...this.#waiting.values()].sort((one, other) => one.nextAt - other.nextAt)[0];
    if (next === undefined) return;
    const waitMs = next.nextAt - this.#deps.clock.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#work(), waitMs);
      this.#timer.unref();
      return;
    }
    this.#working = this.#keep(next).finally(() => {
      this.#working = undefined;
      this.#work();
    });
  }

  async #keep(voicemail: Waiting): Promise<void> {
    const { log, clock, logger } = this.#deps;
    const { callId, url, seconds } = voicemail;
    try {
      // Without an ending Twilio sends WAV, ten times as large.
      const { contentType, bytes } = await this.#deps.twilio.fetchMedia(`${url}.mp3`);
      const file = `${callId}.${contentType === 'audio/mpeg' ? 'mp3' : 'wav'}`;
      await this.#write(file, bytes);
      if (this.#stopped) return;
      this.#waiting.delete(callId);
      await log.append(callId, { type: 'voicemail.kept', file, contentType, bytes: bytes.length, seconds });
    } catch (thrown) {
      if (this.#stopped) return;
      const problem = messageOf(thrown);
      const isHopeless = thrown instanceof UnusableMediaError || thrown instanceof RangeError;
      if (isHopeless || clock.now() - voicemail.recordedAt > keepsTryingMs) {
        this.#waiting.delete(callId);
        await log.append(callId, { type: 'voicemail.lost', problem });
        return;
      }
      voicemail.failures += 1;
      voicemail.nextAt = clock.now() + this.#waitAfter(voicemail.failures);
      logger.info('A voicemail is not fetched yet', { callId, failures: voicemail.failures, problem });
    }
  }

  /** A stop in the middle leaves no half of a recording under its name. */
  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#deps.folder, file);
    await mkdir(this.#deps.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.part`, bytes, { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
  }
}
