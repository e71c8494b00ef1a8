import { expect, it, vi } from 'vitest';
import { PressedKeys } from './pressed-keys.ts';

it('hears one key for each token, until it is forgotten', () => {
  const keys = new PressedKeys();
  const onPressed = vi.fn();
  const token = keys.expect(onPressed);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(keys.pressed('guessed')).toBe(false);
  expect(keys.pressed(token)).toBe(true);
  expect(keys.pressed(token)).toBe(false);
  expect(onPressed).toHaveBeenCalledTimes(1);

  const forgotten = keys.expect(onPressed);
  keys.forget(forgotten);
  expect(keys.pressed(forgotten)).toBe(false);
  expect(onPressed).toHaveBeenCalledTimes(1);
});
