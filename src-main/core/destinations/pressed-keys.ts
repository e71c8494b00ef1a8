import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';

/** Longer than a test call lasts; Twilio's request may come a little late. */
const lifetimeMs = 2 * 60 * 1000;

interface Waiting {
  expiresAt: number;
  onPressed: () => void;
}

/** The test calls that wait for a key: each has a token that nobody guesses, which counts once. */
export class PressedKeys {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the token (32 random bytes, base64url) to put in the address that Twilio asks. */
  expect(onPressed: () => void): string {
    const now = this.#clock.now();
    for (const [token, { expiresAt }] of this.#waiting) if (expiresAt <= now) this.#waiting.delete(token);
    const token = randomBytes(32).toString('base64url');
    this.#waiting.set(token, { expiresAt: now + lifetimeMs, onPressed });
    return token;
  }

  /** @returns whether a test call was waiting for it. */
  pressed(token: string): boolean {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    if (waiting === undefined || waiting.expiresAt <= this.#clock.now()) return false;
    waiting.onPressed();
    return true;
  }

  forget(token: string): void {
    this.#waiting.delete(token);
  }
}
