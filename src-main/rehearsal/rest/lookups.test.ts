import { describe, expect, it } from 'vitest';
import { type RehearsedTwilio, rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';

const fields = 'line_type_intelligence';
const lookUp = ({ rest }: RehearsedTwilio, number: string, query: { fields?: string } = {}) =>
  rest.ask((client) => client.lookups.v2.phoneNumbers(number).fetch(query));

describe('a rehearsed lookup', () => {
  it.each([
    ['+14165551234', 'CA', 'mobile'],
    ['+442079460018', 'GB', 'landline'],
    ['+447400123456', 'GB', 'mobile'],
    ['+18002345678', null, 'tollFree'],
  ])('knows %s by its digits', async (number, countryCode, type) => {
    await using twilio = await rehearseTwilio();
    const found = await lookUp(twilio, number, { fields });
    expect(found).toMatchObject({ valid: true, validationErrors: [], phoneNumber: number });
    if (countryCode !== null) expect(found.countryCode).toBe(countryCode);
    expect(found.lineTypeIntelligence).toMatchObject({ type, errorCode: null });
  });

  it('tells the line type only where it is asked for', async () => {
    await using twilio = await rehearseTwilio();
    expect((await lookUp(twilio, '+14165551234')).lineTypeIntelligence).toBeNull();
    await expect(lookUp(twilio, '+14165551234', { fields: 'colour' })).rejects.toMatchObject({ code: 60600 });
  });

  it.each([
    ['+1416555', 'TOO_SHORT'],
    ['+14165551234567890', 'TOO_LONG'],
    ['+99955512345', 'INVALID_COUNTRY_CODE'],
    ['Bob', 'NOT_A_NUMBER'],
    ['+11165551234', 'INVALID_BUT_POSSIBLE'],
  ])('says why %s is none', async (number, reason) => {
    await using twilio = await rehearseTwilio();
    const found = await lookUp(twilio, number, { fields });
    expect(found).toMatchObject({ valid: false, validationErrors: [reason], lineTypeIntelligence: null });
  });

  it('says what a test wants it to', async () => {
    await using twilio = await rehearseTwilio({ lookups: { '+14165551234': { lineType: 'fixedVoip' } } });
    expect((await lookUp(twilio, '+14165551234', { fields })).lineTypeIntelligence).toMatchObject({
      type: 'fixedVoip',
    });
    twilio.account.lookups.set('+14165551234', { errorCode: 60601 });
    expect((await lookUp(twilio, '+14165551234', { fields })).lineTypeIntelligence).toMatchObject({
      type: null,
      errorCode: 60601,
    });
    twilio.account.lookups.set('+14165551234', { valid: false, validationErrors: ['INVALID_LENGTH'] });
    expect(await lookUp(twilio, '+14165551234')).toMatchObject({
      valid: false,
      validationErrors: ['INVALID_LENGTH'],
    });
  });
});
