import { describe, expect, it } from 'vitest';
import { type Desk, deskSchema } from '../../../src-preload/contract/desk.ts';
import type { Logger } from '../ports.ts';
import { DeskService } from './desk-service.ts';
import { DeskFileError } from './parse-desk-file.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function serviceWith(stored: Desk = deskSchema.parse({ patchbay: 1 })) {
  const database = { desk: stored, refuses: false };
  const service = new DeskService({
    queries: {
      load: () => database.desk,
      replace(desk) {
        if (database.refuses) throw new Error('the database is locked');
        database.desk = desk;
      },
    },
    clock: { now: () => 0 },
    logger: silent,
  });
  service.load();
  return { service, database };
}

const file = (id: string, rest = '') =>
  `patchbay: 1\nintegrations:\n  - { id: ${id}, name: A, staticNumber: "+14165551234"${rest} }\n`;
const keyOf = (service: DeskService, id: string) =>
  service.current().integrationById.get(id)?.integration.routerKey;

describe('DeskService', () => {
  it('puts a desk in force, compiled', () => {
    const { service, database } = serviceWith();
    service.apply(
      `${file('a')}workflows:\n  - { id: w, name: W, number: "+14165550100", integration: a, greeting: Hi, prompt: P, model: a:b }\n`,
    );
    const desk = service.current();
    expect(desk.workflowByNumber.get('+14165550100')).toBe(desk.workflowById.get('w'));
    expect(desk.integrationByRouterKey.get(keyOf(service, 'a') ?? '')).toBe(desk.integrationById.get('a'));
    expect(database.desk).toEqual(desk.desk);
  });

  it('makes router keys that nobody guesses, and keeps them as long as the id stays', () => {
    const { service } = serviceWith();
    service.apply(file('a'));
    const made = keyOf(service, 'a');
    expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
    service.apply(file('a', ', noAnswer: [next]'));
    expect(keyOf(service, 'a')).toBe(made);
    service.apply(file('b'));
    expect(keyOf(service, 'b')).not.toBe(made);
    expect(service.current().integrationByRouterKey.size).toBe(1);
  });

  it('does not keep a router key that the file gives to another integration', () => {
    const { service } = serviceWith();
    service.apply(file('a'));
    const made = keyOf(service, 'a') ?? '';
    service.apply(
      `${file('a')}  - { id: b, name: B, staticNumber: "+14165551234", routerKey: ${JSON.stringify(made)} }\n`,
    );
    expect(keyOf(service, 'b')).toBe(made);
    expect(keyOf(service, 'a')).not.toBe(made);
  });

  it.each(['refused file', 'refusing database'])('keeps what was in force on a %s', (what) => {
    const { service, database } = serviceWith();
    service.apply(file('a', ', ring: { screen: true }'));
    const before = { desk: service.current(), file: service.export(), warnings: service.warnings() };
    let changes = 0;
    service.onChange(() => changes++);
    database.refuses = what === 'refusing database';
    expect(() => service.apply(what === 'refused file' ? file('B!') : file('b'))).toThrow(
      what === 'refused file' ? DeskFileError : 'the database is locked',
    );
    expect(service.current()).toBe(before.desk);
    expect(service.export()).toBe(before.file);
    expect(service.warnings()).toEqual(before.warnings);
    expect(changes).toBe(0);
  });

  it('exports what changes nothing when it is applied', () => {
    const { service } = serviceWith();
    service.apply(file('a', ', dynamic: { webhook: "https://example.com/r" }'));
    const exported = service.export();
    const before = service.current().desk;
    service.apply(exported);
    expect(service.current().desk).toEqual(before);
    expect(service.export()).toBe(exported);
  });

  it('knows its warnings after applying and after loading', () => {
    const { service, database } = serviceWith();
    const { warnings } = service.apply(
      `${file('a')}groups:\n  - { id: crew, strategy: in-order, numbers: [{ number: "+14165550001", away: true }] }\n`,
    );
    const says = 'everybody of the group "crew" is away, so its calls go to the static number';
    expect(warnings).toEqual([`groups[0] (line 5): ${says}`]);
    expect(service.warnings()).toEqual(warnings);
    expect(serviceWith(database.desk).service.warnings()).toEqual([`groups[0]: ${says}`]);
  });

  it('tells its listeners, of whom none can spoil it for the others', () => {
    const { service } = serviceWith();
    const told: string[] = [];
    service.onChange(() => {
      throw new Error('a bug');
    });
    const stop = service.onChange(() => told.push(service.current().desk.integrations[0]?.id ?? ''));
    service.apply(file('a'));
    stop();
    service.apply(file('b'));
    expect(told).toEqual(['a']);
  });
});
