import { describe, expect, it } from 'vitest';
import { readAlert } from './read-alert.ts';

const callSid = `CA${'a'.repeat(32)}`;
const alert = {
  sid: 'NO1',
  dateGenerated: new Date('2026-11-22T09:00:00Z'),
  dateCreated: new Date('2026-11-22T09:00:09Z'),
  errorCode: '11200',
  logLevel: 'error',
  alertText: 'Msg=Got+HTTP+502+response&ErrorCode=11200&LogLevel=ERROR',
  resourceSid: callSid,
  requestUrl: 'https://patchbay.example/twilio/voice',
};
const now = Date.UTC(2026, 10, 22, 10);

describe('readAlert', () => {
  it('keeps what an operator needs', () => {
    expect(readAlert(alert, 'AC1', now)).toEqual({
      sid: 'NO1',
      accountSid: 'AC1',
      at: Date.UTC(2026, 10, 22, 9),
      level: 'error',
      code: 11200,
      callSid,
      requestUrl: 'https://patchbay.example/twilio/voice',
      says: 'Twilio asked for instructions and got an answer that it can’t use.',
    });
  });

  it.each([
    ['a form', 'Msg=It+is+full&ErrorCode=99999', 'Twilio reported error 99999, saying “It is full”.'],
    ['a form without a message', 'ErrorCode=99999&LogLevel=ERROR', 'Twilio reported error 99999.'],
    ['plain words', 'It is full.', 'Twilio reported error 99999, saying “It is full”.'],
    ['nothing', null, 'Twilio reported error 99999.'],
  ])('takes Twilio’s words for an unknown code from %s', (_name, alertText, says) => {
    expect(readAlert({ ...alert, errorCode: '99999', alertText }, 'AC1', now)?.says).toBe(says);
  });

  it('does with hardly anything', () => {
    expect(readAlert({ sid: 'NO2', dateGenerated: 'not a date', errorCode: 'x' }, 'AC1', now)).toEqual({
      sid: 'NO2',
      accountSid: 'AC1',
      at: now,
      level: 'error',
      code: null,
      callSid: null,
      requestUrl: null,
      says: 'Twilio reported a problem.',
    });
    expect(readAlert({ ...alert, dateGenerated: null }, 'AC1', now)?.at).toBe(
      Date.UTC(2026, 10, 22, 9, 0, 9),
    );
    expect(readAlert({ sid: null }, 'AC1', now)).toBeNull();
  });

  it('joins to calls only', () => {
    expect(readAlert({ ...alert, resourceSid: `PN${'a'.repeat(32)}` }, 'AC1', now)?.callSid).toBeNull();
  });

  it('keeps no token', () => {
    const requestUrl = 'wss://patchbay.example/twilio/relay/s3cret-t0ken';
    const kept = readAlert(
      { ...alert, errorCode: '1', requestUrl, alertText: `No way to ${requestUrl}` },
      'AC1',
      now,
    );
    expect(kept?.requestUrl).toBe('wss://patchbay.example/twilio/relay/[secret]');
    expect(JSON.stringify(kept)).not.toContain('s3cret');
  });
});
