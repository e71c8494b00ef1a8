import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DialResult } from '../../../src-preload/contract/calls.ts';
import { Recorder } from '../calls/recorder.ts';
import { openDatabase } from '../database/open-database.ts';
import { RouteMemoryQueries } from '../database/route-memory.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { RouteMemory } from './route-memory.ts';
import { RouteService } from './route-service.ts';
import { deskOf, staticNumber } from './test-support/arbitrary-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchbay-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [ann, bob, cid] = ['+14165550001', '+14165550002', '+14165550003'] as const;
const minute = 60_000;
const logger = rememberingLogger();
const clock = handClock();

/** The memory on a database file, as a start finds it. */
function start(file: string) {
  const db = openDatabase(join(folder, file), { logger, clock });
  const recorder = new Recorder(db, { logger, clock });
  const notices: string[] = [];
  const memory = new RouteMemory({
    queries: new RouteMemoryQueries(db),
    recorder,
    notifier: { notify: ({ title }) => notices.push(title) },
    isAttached: () => false,
    logger,
  });
  const stop = async () => {
    await recorder.close();
    db.close();
  };
  return { memory, recorder, notices, stop, db };
}

describe('turns', () => {
  it('are fair over ten thousand decisions with restarts between them', async () => {
    const members = [ann, bob, cid];
    const desk = compileDesk(
      deskOf({
        rules: [{ name: 'All', to: 'team' }],
        groups: [{ id: 'team', strategy: 'round-robin', numbers: members }],
      }),
    );
    const taken = new Map<string, number>();
    for (let run = 0; run < 25; run++) {
      const { memory, recorder, db } = start('turns.db');
      const routes = new RouteService({
        desk: () => desk,
        memory,
        outbound: { postJson: () => Promise.reject(new Error('nothing is posted')) },
        recorder,
        webhookRequests: { insert: () => {} },
        clock,
        logger,
      });
      for (let decision = 0; decision < 400; decision++) {
        const made = await routes.decide('desk', {
          number: null,
          contact: { known: false, tags: [] },
          fields: {},
          called: null,
          workflowId: null,
        });
        const [first = ''] = made.destinations;
        taken.set(first, (taken.get(first) ?? 0) + 1);
      }
      // An answer that is on disk has the turn on disk with it; then the process is gone without a goodbye.
      await recorder.write(() => {});
      db.close();
      const counts = [...taken.values()];
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    expect([...taken.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
  });
});

describe('rests', () => {
  it('begin after two failures in a row, last ten minutes, and outlive a restart', async () => {
    const before = start('rests.db');
    before.memory.heardOf(ann, 'no-answer', 0);
    expect(before.memory.restsUntil(ann)).toBe(0);
    await before.stop();

    const after = start('rests.db');
    after.memory.heardOf(ann, 'failed', minute);
    expect(after.memory.restsUntil(ann)).toBe(11 * minute);
    expect(after.notices).toEqual([`${ann} was not reached twice in a row`]);
    await after.stop();

    const later = start('rests.db');
    expect(later.memory.restsUntil(ann)).toBe(11 * minute);
    later.memory.heardOf(ann, 'no-answer', 2 * minute);
    expect(later.memory.restsUntil(ann), 'it rang when the rest began').toBe(11 * minute);
    later.memory.heardOf(ann, 'no-answer', 12 * minute);
    expect(later.memory.restsUntil(ann), 'two in a row are needed again').toBe(0);
    later.memory.heardOf(ann, 'answered', 13 * minute);
    await later.stop();

    const last = start('rests.db');
    expect(last.memory.restsUntil(ann)).toBe(0);
    await last.stop();
  });

  it.each<[DialResult[], boolean]>([
    [['no-answer', 'failed'], true],
    [['no-answer', 'answered', 'no-answer'], false],
    [['no-answer', 'busy', 'canceled', 'no-answer'], true],
    [['busy', 'busy', 'canceled'], false],
  ])('after %j: %s', (results, rests) => {
    const { memory, db } = start(`${results.join()}.db`);
    for (const result of results) memory.heardOf(bob, result, 0);
    expect(memory.restsUntil(bob) > 0).toBe(rests);
    expect(memory.restsUntil(staticNumber)).toBe(0);
    db.close();
  });
});
