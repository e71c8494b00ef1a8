import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import type { NetAnswer } from './net-function.ts';

/** What tests of this folder and of the net's table share. */

export const businessNumber = '+14165550100';
export const staticNumber = '+14165551234';

export const answer = (changes: Partial<NetAnswer> = {}): NetAnswer => ({
  number: businessNumber,
  workflowId: 'reception',
  destination: staticNumber,
  ringSeconds: 25,
  language: 'en-US',
  sayBefore: 'One moment.',
  sayNobody: 'Nobody is here.',
  ...changes,
});

export const config = (changes: Partial<NumberConfig> = {}): NumberConfig => ({
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
  ...changes,
});

export const attached = (changes: Partial<AttachedNumber> = {}): AttachedNumber => ({
  sid: `PN${'1'.repeat(32)}`,
  accountSid: `AC${'1'.repeat(32)}`,
  number: businessNumber,
  workflowId: 'reception',
  state: 'attached',
  since: 1,
  before: config(),
  set: config(),
  seen: null,
  seenAt: null,
  problem: null,
  ...changes,
});
