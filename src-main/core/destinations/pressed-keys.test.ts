import { expect, it, vi } from 'vitest';
import { handClock } from '../database/testing.ts';
import { PressedKeys } from './pressed-keys.ts';

it('hears one key for each token, for two minutes', () => {
  const clock = handClock(0);
  const keys = new PressedKeys(clock);
  const onPressed = vi.fn();
  const token = keys.expect(onPressed);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(keys.pressed('guessed')).toBe(false);
  expect(keys.pressed(token)).toBe(true);
  expect(keys.pressed(token)).toBe(false);
  expect(onPressed).toHaveBeenCalledTimes(1);

  const late = keys.expect(onPressed);
  clock.set(120_000);
  expect(keys.pressed(late)).toBe(false);

  const forgotten = keys.expect(onPressed);
  keys.forget(forgotten);
  expect(keys.pressed(forgotten)).toBe(false);
  expect(onPressed).toHaveBeenCalledTimes(1);
});
