import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { problemSchema } from '../../src-preload/contract/problem.ts';
import { startProblem } from '../start-problem.ts';
import { UsageError } from './command.ts';

/** What the API's checks of its input found. */
const refusedInput = z.object({
  issues: z.array(
    z.object({ path: z.array(z.union([z.string(), z.number()])).catch([]), message: z.string() }),
  ),
});

/** Why a command did not do what it should, for whoever reads the terminal, with what mends it where that is known. */
export function errorInWords(error: unknown): string {
  // What was typed may be said again, with the numbers in it.
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof ORPCError)) return startProblem(error);
  const problem = problemSchema.safeParse(error.data).data;
  if (problem !== undefined) {
    return [problem.says, problem.remedy, problem.link].filter((part) => part).join('\n  ');
  }
  const refused = refusedInput.safeParse(error.data).data;
  if (refused === undefined) return startProblem(error);
  return refused.issues.map(({ path, message }) => [...path, message].join(': ')).join('\n  ');
}
