import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { notFound, type RestAnswer, type Route } from './route.ts';

/** A voicemail that Twilio holds. */
export interface RehearsedRecording {
  sid: string;
  /** Script seconds. */
  seconds: number;
  /** How often it was asked for. */
  asked: number;
}

/** Twilio has a recording a moment after the call: the first who asks is told that there is none yet. */
const askedInVain = 1;

/** The sounds that were recorded, as files. */
export const recordingRoutes: readonly Route[] = [
  {
    subdomain: 'api',
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}.mp3',
    handle: ({ account, pathParams, path }) => soundOf(account, pathParams.Sid ?? '', path),
  },
];

function soundOf(account: RehearsalAccount, sid: string, path: string): RestAnswer {
  const recording = account.recordings.get(sid);
  if (recording === undefined) return notFound(path);
  recording.asked += 1;
  if (recording.asked <= askedInVain) return notFound(path);
  return { status: 200, body: silence(recording.seconds), contentType: 'audio/mpeg' };
}

/** MPEG-2 Layer III, mono, 32 kbit/s, 22,050 Hz: 104 bytes a frame of 576 samples (ISO/IEC 13818-3). */
const frame = Buffer.concat([Buffer.from([0xff, 0xf3, 0x40, 0xc0]), Buffer.alloc(100)]);

function silence(seconds: number): Buffer {
  const frames = Math.max(1, Math.round((seconds * 22_050) / 576));
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}
