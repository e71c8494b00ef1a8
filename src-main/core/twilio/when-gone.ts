import { TwilioRequestError } from '../errors.ts';

/** Whether Twilio said that it has no such resource (any more). */
export function isGone(thrown: unknown): thrown is TwilioRequestError {
  return thrown instanceof TwilioRequestError && (thrown.status === 404 || thrown.code === 20404);
}

/** The answer; null when Twilio has no such resource. @throws whatever else was thrown. */
export async function nullWhenGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (isGone(thrown)) return null;
    throw thrown;
  }
}
