import type { DialectId, LintFinding } from '../../../../src-preload/contract/transfers.ts';
import { jsonOf } from '../../json-of.ts';
import { dialects } from './dialects.ts';
import { broken } from './lint-kit.ts';

/**
 * What a platform would make of this answer, pasted as text: every fault with what mends it, the gravest first, or one
 * finding that says that it works.
 */
export function lintAnswer(dialect: DialectId, text: string): LintFinding[] {
  const { platform, whenUnusable, lint } = dialects[dialect];
  const answer = jsonOf(text);
  const found =
    answer === undefined
      ? [
          broken(
            `This is no JSON, so ${platform} can’t read it.`,
            'Paste the body of the answer alone, without headers; mind missing quotation marks and commas too many.',
          ),
        ]
      : lint(answer);
  if (found.length === 0) {
    return [{ verdict: 'ok', says: `${platform} takes this answer as it is.`, remedy: null }];
  }
  const isBroken = ({ verdict }: LintFinding) => verdict === 'broken';
  const graveFirst = [...found.filter(isBroken), ...found.filter((finding) => !isBroken(finding))];
  return found.some(isBroken)
    ? [
        ...graveFirst,
        { verdict: 'broken', says: whenUnusable, remedy: 'Mend what stands above, and check again.' },
      ]
    : graveFirst;
}
