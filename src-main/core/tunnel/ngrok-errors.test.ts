import { describe, expect, it } from 'vitest';
import { meaningOfNgrokCode, ngrokCodeIn, ngrokError } from './ngrok-errors.ts';

const token = '2abcDEFghiJKLmnoPQRstuVWxyz_3ExampleExampleExample';

describe('what ngrok refuses', () => {
  it('is put into words, with its code, a remedy and ngrok’s page', () => {
    const error = ngrokError(
      `failed to connect session: The authtoken you specified is properly formed, but it is invalid.\nYour authtoken: ${token}\n\nERR_NGROK_107\n`,
      [token],
    );
    expect(error).toMatchObject({ code: 'ERR_NGROK_107', retryable: false });
    expect(error.problem).toMatchObject({
      says: 'The authtoken is not valid: it was reset or revoked, or belongs to an account that you left (ERR_NGROK_107).',
      link: 'https://ngrok.com/docs/errors/err_ngrok_107',
    });
    expect(error.problem.remedy).toContain('Copy the authtoken');
  });

  it.each([102, 103, 105, 106, 300, 4018, 9040, 115, 116, 120, 121, 314, 319, 320, 326, 354, 15013])(
    'is not tried again when only the operator can mend it: %i',
    (code) => {
      const error = ngrokError(`failed: something ERR_NGROK_${code}`);
      expect(error.retryable).toBe(false);
      expect(error.problem.says).toContain(`ERR_NGROK_${code}`);
      expect(error.problem.remedy).not.toContain('keeps trying');
    },
  );

  it.each([108, 334])('is tried again when it can end by itself: %i', (code) => {
    expect(ngrokError(`ERR_NGROK_${code}`).retryable).toBe(true);
  });

  it('keeps ngrok’s own words for a code that is not known here, without the token in them', () => {
    const error = ngrokError(`failed to connect session: Bad luck with ${token}.\r\n\r\nERR_NGROK_9999\r\n`, [
      token,
    ]);
    expect(error.problem.says).toBe('ngrok refuses: Bad luck with … (ERR_NGROK_9999).');
    expect(error.retryable).toBe(true);
  });

  it('never has the token in it', () => {
    for (const code of [105, 106, 107, 9999, null]) {
      const error = ngrokError(`Your authtoken: ${token} ${code === null ? '' : `ERR_NGROK_${code}`}`, [
        '',
        token,
      ]);
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(token);
    }
  });

  it('may be no answer at all', () => {
    const unreachable = ngrokError('failed to connect session: failed to establish tcp connection');
    expect(unreachable).toMatchObject({ code: null, retryable: true });
    expect(unreachable.problem.says).toBe('ngrok can’t be reached from this computer.');
    expect(ngrokError('failed to connect session: something odd').problem.says).toBe(
      'The connection to ngrok failed: something odd.',
    );
  });
});

it('finds the code in a text', () => {
  expect(ngrokCodeIn('<h1>ERR_NGROK_3200</h1>')).toBe(3200);
  expect(ngrokCodeIn('all is well')).toBeNull();
  expect(meaningOfNgrokCode(3200)?.says).toContain('nothing is online');
  expect(meaningOfNgrokCode(1)).toBeNull();
});
