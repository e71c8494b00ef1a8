import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may use the UI listener: whoever has the token that this start made. */
export interface Login {
  token: string;
  isToken(given: string): boolean;
  /** The cookie that carries the token once the link was opened; ports share cookies, so its name holds the port. */
  cookieFor(port: number): string;
  isLoggedIn(cookieHeader: string | undefined, port: number): boolean;
}

export function createLogin(token = randomBytes(32).toString('base64url')): Login {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  // Digests have one length, so the comparison takes the same time for every guess.
  const isToken = (given: string) => timingSafeEqual(digest(given), expected);
  const cookieName = (port: number) => `patchbay-${port}`;
  return {
    token,
    isToken,
    cookieFor: (port) => `${cookieName(port)}=${token}; Path=/; HttpOnly; SameSite=Strict`,
    isLoggedIn(cookieHeader = '', port) {
      return cookieHeader.split(';').some((pair) => {
        const [name, value] = pair.trim().split('=', 2);
        return name === cookieName(port) && value !== undefined && isToken(value);
      });
    },
  };
}
