import type { CoverageSpan } from '../../../src-preload/contract/routing.ts';
import { type Command, found, moment, UsageError } from '../command.ts';

const statusWords: Record<CoverageSpan['status'], string> = {
  covered: 'covered',
  'static-only': 'nobody but the static number',
  nobody: 'nobody at all',
  webhook: 'the dynamic webhook decides',
};

export const coverage: Command = {
  words: 'coverage',
  takes: '--integration ID',
  about: 'who could be rung when, in the next seven days, and when nobody but the static number',
  async run({ client, flags, print }) {
    const { integration } = flags;
    if (integration === undefined) {
      throw new UsageError(
        'patchbay coverage takes --integration with the id of one, like --integration front-desk',
      );
    }
    const { spans, ...week } = await found(() =>
      client.routing.coverage({ integrationId: integration, from: Date.now() }),
    );
    if (flags.json) {
      print(JSON.stringify({ ...week, spans }, null, 2));
      return 0;
    }
    for (const { from, until, status, numbers, emptyRules } of spans) {
      const who = status === 'covered' ? `: ${numbers.join(', ')}` : '';
      print(`${moment(from)} – ${moment(until)}  ${statusWords[status]}${who}`);
      for (const rule of emptyRules) print(`  ! the rule "${rule}" leads to nobody then`);
    }
    return 0;
  },
};
