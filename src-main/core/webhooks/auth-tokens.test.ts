import { describe, expect, it } from 'vitest';
import { SettingQueries } from '../database/settings.ts';
import { handClock, memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { VaultError } from '../errors.ts';
import type { SecretName, Vault } from '../ports.ts';
import { AuthTokens } from './auth-tokens.ts';

const minute = 60_000;
const hour = 60 * minute;

type Secrets = Partial<Record<SecretName, string>>;

function tokensOf(secrets: Secrets, options: { deletable?: boolean } = {}) {
  const db = memoryDatabase();
  const clock = handClock(0);
  const settings = new SettingQueries(db);
  const logger = rememberingLogger();
  const vault: Vault = {
    get: (name) => secrets[name],
    set: (name, value) => {
      secrets[name] = value;
    },
    delete: (name) => {
      if (options.deletable === false) throw new VaultError(`${name} is set in the environment`);
      delete secrets[name];
    },
  };
  const deps = { vault, settings, clock, logger };
  return {
    tokens: new AuthTokens(deps),
    again: () => new AuthTokens(deps),
    secrets,
    db,
    clock,
    settings,
    logger,
  };
}

describe('the auth tokens that are taken', () => {
  it('is the one in force', () => {
    expect(tokensOf({ TWILIO_AUTH_TOKEN: 'new' }).tokens.accepted()).toEqual(['new']);
  });

  it('is none without one, whatever the previous was', () => {
    expect(tokensOf({}).tokens.accepted()).toEqual([]);
    expect(tokensOf({ TWILIO_AUTH_TOKEN_PREVIOUS: 'old' }).tokens.accepted()).toEqual([]);
    expect(tokensOf({ TWILIO_AUTH_TOKEN: '', TWILIO_AUTH_TOKEN_PREVIOUS: 'old' }).tokens.accepted()).toEqual(
      [],
    );
  });

  it('is none when the vault can’t be read, and that is said', () => {
    const { settings, clock, logger } = tokensOf({});
    const get = () => {
      throw new VaultError('no key store');
    };
    const tokens = new AuthTokens({ vault: { get, set: get, delete: get }, settings, clock, logger });
    expect(tokens.accepted()).toEqual([]);
    // Once, however many requests come.
    expect(tokens.accepted()).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'error', facts: { problem: 'no key store' } }]);
  });

  it('notices at once that the vault holds others', () => {
    const { tokens, secrets } = tokensOf({ TWILIO_AUTH_TOKEN: 'first' });
    expect(tokens.accepted()).toEqual(['first']);
    secrets.TWILIO_AUTH_TOKEN = 'second';
    expect(tokens.accepted()).toEqual(['second']);
    secrets.TWILIO_AUTH_TOKEN_PREVIOUS = 'first';
    expect(tokens.accepted()).toEqual(['second', 'first']);
    delete secrets.TWILIO_AUTH_TOKEN;
    expect(tokens.accepted()).toEqual([]);
  });

  it('are both as long as Twilio has not signed with the new one and takes the old one, however long', () => {
    const { tokens, clock, secrets, settings } = tokensOf({
      TWILIO_AUTH_TOKEN: 'new',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'old',
    });
    expect(tokens.accepted()).toEqual(['new', 'old']);
    tokens.sawSignedWith('old');
    tokens.previousIsRefused('older');
    clock.set(1000 * hour);
    expect(tokens.accepted()).toEqual(['new', 'old']);
    expect(tokens.previousInUse()).toBe('old');
    tokens.previousIsRefused('old');
    expect(tokens.previousInUse()).toBeUndefined();
    clock.set(1000 * hour + 15 * minute - 1);
    expect(tokens.accepted()).toEqual(['new', 'old']);
    clock.set(1000 * hour + 15 * minute);
    expect(tokens.accepted()).toEqual(['new']);
    expect(secrets).toEqual({ TWILIO_AUTH_TOKEN: 'new' });
    expect(settings.get('tokenRotation')).toBeUndefined();
  });

  it('are the newest pair when the next rotation begins before the one before is over', () => {
    const { tokens, clock, secrets } = tokensOf({
      TWILIO_AUTH_TOKEN: 'second',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'first',
    });
    tokens.accepted();
    tokens.sawSignedWith('second');
    Object.assign(secrets, { TWILIO_AUTH_TOKEN: 'third', TWILIO_AUTH_TOKEN_PREVIOUS: 'second' });
    clock.set(hour);
    expect(tokens.accepted()).toEqual(['third', 'second']);
    expect(tokens.previousInUse()).toBe('second');
  });

  it('are both for 15 minutes after Twilio first signed with the new one', () => {
    const { tokens, clock, secrets } = tokensOf({
      TWILIO_AUTH_TOKEN: 'new',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'old',
    });
    tokens.accepted();
    clock.set(hour);
    tokens.sawSignedWith('new');
    clock.set(hour + 10 * minute);
    tokens.sawSignedWith('new');
    clock.set(hour + 15 * minute - 1);
    expect(tokens.accepted()).toEqual(['new', 'old']);
    clock.set(hour + 15 * minute);
    expect(tokens.accepted()).toEqual(['new']);
    expect(secrets.TWILIO_AUTH_TOKEN_PREVIOUS).toBeUndefined();
  });

  it('goes on counting after a restart', () => {
    const { tokens, again, clock } = tokensOf({
      TWILIO_AUTH_TOKEN: 'new',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'old',
    });
    tokens.accepted();
    clock.set(hour);
    tokens.sawSignedWith('new');
    clock.set(hour + 14 * minute);
    expect(again().accepted()).toEqual(['new', 'old']);
    clock.set(hour + 15 * minute);
    expect(again().accepted()).toEqual(['new']);
  });

  it('forgets a previous token of the environment too, also after a restart, and takes the next one', () => {
    const { tokens, again, clock, secrets } = tokensOf(
      { TWILIO_AUTH_TOKEN: 'new', TWILIO_AUTH_TOKEN_PREVIOUS: 'old' },
      { deletable: false },
    );
    tokens.accepted();
    tokens.sawSignedWith('new');
    clock.set(25 * hour);
    expect(tokens.accepted()).toEqual(['new']);
    expect(tokens.accepted()).toEqual(['new']);
    expect(tokens.previousInUse()).toBeUndefined();
    expect(again().accepted()).toEqual(['new']);
    secrets.TWILIO_AUTH_TOKEN = 'newer';
    secrets.TWILIO_AUTH_TOKEN_PREVIOUS = 'new';
    expect(again().accepted()).toEqual(['newer', 'new']);
    expect(tokens.accepted()).toEqual(['newer', 'new']);
  });

  it('reads the database once for a pair of tokens', () => {
    const { settings, clock, logger } = tokensOf({});
    let reads = 0;
    const counting = {
      get: (name: 'tokenRotation') => {
        reads += 1;
        return settings.get(name);
      },
      set: settings.set.bind(settings),
      delete: settings.delete.bind(settings),
    } as SettingQueries;
    const secrets: Secrets = { TWILIO_AUTH_TOKEN: 'new', TWILIO_AUTH_TOKEN_PREVIOUS: 'old' };
    const vault = { get: (name: SecretName) => secrets[name], set: () => {}, delete: () => {} };
    const tokens = new AuthTokens({ vault, settings: counting, clock, logger });
    for (let i = 0; i < 100; i += 1) tokens.accepted();
    expect(reads).toBe(1);
  });

  it('takes calls also while the database can’t be written', () => {
    const { tokens, db, clock, logger } = tokensOf({
      TWILIO_AUTH_TOKEN: 'new',
      TWILIO_AUTH_TOKEN_PREVIOUS: 'old',
    });
    db.close();
    expect(tokens.accepted()).toEqual(['new', 'old']);
    tokens.sawSignedWith('new');
    clock.set(15 * minute);
    expect(tokens.accepted()).toEqual(['new']);
    expect(logger.lines.map(({ level }) => level)).toContain('warn');
  });

  it('writes neither token anywhere', () => {
    const old = 'old-token-that-is-planted';
    const { tokens, db, logger, clock } = tokensOf({
      TWILIO_AUTH_TOKEN: 'new-token-that-is-planted',
      TWILIO_AUTH_TOKEN_PREVIOUS: old,
    });
    tokens.accepted();
    tokens.sawSignedWith('new-token-that-is-planted');
    expect(JSON.stringify(db.prepare('SELECT * FROM settings').all())).not.toContain('planted');
    clock.set(25 * hour);
    tokens.accepted();
    expect(logger.lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(logger.lines)).not.toContain('planted');
  });
});
