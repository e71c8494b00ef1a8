import { describe, expect, it } from 'vitest';
import { credentialsFault, trimmed } from './credentials.ts';

const accountSid = 'ACd41d8cd98f00b204e9800998ecf8427e';
const authToken = '0123456789abcdef0123456789abcdef';

describe('what is wrong with credentials at first sight', () => {
  it.each([
    ['nothing', { accountSid, authToken }, null],
    ['nothing, in capitals', { accountSid: accountSid.toUpperCase(), authToken }, null],
    ['neither is there', { accountSid: '', authToken: '' }, 'Both are missing.'],
    ['no SID', { accountSid: '', authToken }, 'The account SID is missing.'],
    ['no token', { accountSid, authToken: '' }, 'The auth token is missing.'],
    [
      'swapped',
      { accountSid: authToken, authToken: accountSid },
      'The account SID stands where the auth token belongs.',
    ],
    [
      'swapped, the other field empty but for a letter',
      { accountSid: 'x', authToken: accountSid },
      'The account SID stands where the auth token belongs.',
    ],
    [
      'an API key',
      { accountSid: accountSid.replace('AC', 'SK'), authToken },
      'This is the SID of an API key, not of an account.',
    ],
    [
      'a space in the SID',
      { accountSid: accountSid.replace('8c', '8 c'), authToken },
      'There is a space inside the account SID.',
    ],
    [
      'a space in the token',
      { accountSid, authToken: authToken.replace('56', '5 6') },
      'There is a space inside the auth token.',
    ],
    [
      'a SID cut short',
      { accountSid: accountSid.slice(0, -1), authToken },
      'An account SID has 34 characters, AC and 32 of 0-9 and a-f; this one has 33 characters.',
    ],
    [
      'a SID with a letter that none has',
      { accountSid: accountSid.replace('d', 'z'), authToken },
      'An account SID has 34 characters, AC and 32 of 0-9 and a-f; this one has 34 characters, but others among them.',
    ],
    ['another thing', { accountSid: 'hello', authToken }, 'An account SID begins with AC; this does not.'],
    ['the SID twice', { accountSid, authToken: accountSid }, 'The auth token is the account SID once more.'],
    [
      'an API key as the token',
      { accountSid, authToken: accountSid.replace('AC', 'SK') },
      'The auth token is a SID that begins with SK, not a token.',
    ],
  ])('%s', (_what, credentials, says) => {
    const fault = credentialsFault(credentials);
    expect(fault?.says ?? null).toBe(says);
    if (fault !== null) {
      expect(fault.remedy).not.toBe('');
      expect(JSON.stringify(fault)).not.toContain(authToken);
    }
  });

  it('takes the blanks off that come along when copying', () => {
    expect(trimmed({ accountSid: ` ${accountSid}\n`, authToken: `\t${authToken} ` })).toEqual({
      accountSid,
      authToken,
    });
  });
});
