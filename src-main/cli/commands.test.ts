import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { commandOf, commands } from './commands.ts';

describe('the command that was typed', () => {
  it('is the one with the most words that fit; the rest is for it', () => {
    expect(commandOf(['tunnel']).command.words).toBe('tunnel');
    expect(commandOf(['tunnel', 'use', 'own', 'https://a.example'])).toMatchObject({
      command: { words: 'tunnel use' },
      args: ['own', 'https://a.example'],
    });
  });

  it('is named by its own words alone', () => {
    for (const { words } of commands) expect(commandOf(words.split(' ')).command.words).toBe(words);
  });

  it('that is not there is said, with those that begin alike', () => {
    expect(() => commandOf(['bogus'])).toThrow('there is no command "bogus"');
    expect(() => commandOf(['net'])).toThrow('"net" goes on: net status, net publish');
  });

  it('that takes nothing more does not say again what more there was, which may be a secret', () => {
    for (const typed of [
      ['tunnel', 'token', 'planted-secret'],
      ['alerts', 'planted-secret'],
      ['bogus', 'planted-secret'],
    ]) {
      const refused = (() => {
        try {
          return commandOf(typed);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(refused).toBeInstanceOf(UsageError);
      expect(String(refused)).not.toContain('planted-secret');
    }
  });
});
