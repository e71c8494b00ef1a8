import { newSid } from './sid.ts';

/** One of the account's phone numbers and its configuration; "" means not set. */
export interface RehearsedNumber {
  sid: string;
  /** E.164 */
  phoneNumber: string;
  friendlyName: string;
  capabilities: { voice: boolean; sms: boolean; mms: boolean; fax: boolean };
  voiceUrl: string;
  voiceMethod: 'GET' | 'POST';
  voiceFallbackUrl: string;
  voiceFallbackMethod: 'GET' | 'POST';
  statusCallback: string;
  statusCallbackMethod: 'GET' | 'POST';
  voiceApplicationSid: string;
  trunkSid: string;
  voiceReceiveMode: 'voice' | 'fax';
  voiceCallerIdLookup: boolean;
  smsUrl: string;
  smsMethod: 'GET' | 'POST';
  smsFallbackUrl: string;
  smsFallbackMethod: 'GET' | 'POST';
  smsApplicationSid: string;
  dateUpdated: Date;
}

/** A number as Twilio hands it over: nothing configured. `given` wins. */
export function newNumber(given: Partial<RehearsedNumber> & { phoneNumber: string }): RehearsedNumber {
  return {
    sid: newSid('PN'),
    friendlyName: given.phoneNumber,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    voiceUrl: '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    statusCallback: '',
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
    voiceReceiveMode: 'voice',
    voiceCallerIdLookup: false,
    smsUrl: '',
    smsMethod: 'POST',
    smsFallbackUrl: '',
    smsFallbackMethod: 'POST',
    smsApplicationSid: '',
    dateUpdated: new Date(),
    ...given,
  };
}
