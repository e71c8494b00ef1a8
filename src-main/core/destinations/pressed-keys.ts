import { randomBytes } from 'node:crypto';

/** The test calls that wait for a key: each has a token that nobody guesses, which counts once. */
export class PressedKeys {
  readonly #waiting = new Map<string, () => void>();

  /** @returns the token (32 random bytes, base64url) to put in the address that Twilio asks; `forget` it in the end. */
  expect(onPressed: () => void): string {
    const token = randomBytes(32).toString('base64url');
    this.#waiting.set(token, onPressed);
    return token;
  }

  /** @returns whether a test call was waiting for it. */
  pressed(token: string): boolean {
    const onPressed = this.#waiting.get(token);
    this.#waiting.delete(token);
    onPressed?.();
    return onPressed !== undefined;
  }

  forget(token: string): void {
    this.#waiting.delete(token);
  }
}
