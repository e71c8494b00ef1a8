import { beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../net/test-support.ts';
import { NetQueries, type NetRow } from './nets.ts';
import type { Db } from './open-database.ts';
import { memoryDatabase } from './testing.ts';

const net = (changes: Partial<NetRow> = {}): NetRow => ({
  accountSid: 'AC1',
  state: 'published',
  serviceSid: 'ZS1',
  environmentSid: 'ZE1',
  functionSid: 'ZH1',
  versionSid: 'ZN1',
  buildSid: 'ZB1',
  domain: 'patchbay-net-1.twil.io',
  contentHash: 'abc',
  answers: [answer()],
  publishedAt: 5,
  verifiedAt: null,
  problem: null,
  ...changes,
});

let db: Db;
let nets: NetQueries;
beforeEach(() => {
  db = memoryDatabase();
  nets = new NetQueries(db);
});

describe('NetQueries', () => {
  it('keeps one net for each account', () => {
    const other = net({
      accountSid: 'AC2',
      state: 'publishing',
      domain: null,
      contentHash: null,
      answers: [],
    });
    const problem = { code: 20003, status: 401, says: 'No.', remedy: 'Yes.', link: null };
    nets.put(net());
    nets.put(other);
    nets.put(net({ state: 'failed', problem }));
    expect(nets.get('AC1')).toEqual(net({ state: 'failed', problem }));
    expect(nets.get('AC2')).toEqual(other);
    nets.delete('AC1');
    expect(nets.get('AC1')).toBeUndefined();
    expect(nets.get('AC2')).toEqual(other);
  });

  it('takes a proof for what it is a proof of, and for nothing else', () => {
    nets.put(net());
    nets.verified('AC1', 'of something else', 7);
    expect(nets.get('AC1')?.verifiedAt).toBeNull();
    nets.verified('AC1', 'abc', 8);
    expect(nets.get('AC1')?.verifiedAt).toBe(8);
    nets.put(net({ state: 'publishing', verifiedAt: null }));
    nets.verified('AC1', 'abc', 9);
    expect(nets.get('AC1')?.verifiedAt).toBeNull();
  });

  it('counts answers and problems of another form as absent', () => {
    nets.put(net());
    db.prepare(`UPDATE nets SET answers = '[{"number":1}]', problem = 'in plain words'`).run();
    expect(nets.get('AC1')).toMatchObject({ answers: [], problem: null, domain: 'patchbay-net-1.twil.io' });
  });
});
