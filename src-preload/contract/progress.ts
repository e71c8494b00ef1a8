import { eventIterator } from '@orpc/contract';
import { z } from 'zod';

/** What lasts longer than a moment tells how it goes, sentence by sentence, and ends with its result. */
export const progressSchema = <T extends z.ZodType>(result: T) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('step'), says: z.string() }),
    z.object({ kind: z.literal('done'), result }),
  ]);
export type Progress<T> = { kind: 'step'; says: string } | { kind: 'done'; result: T };

export const progressOf = <T extends z.ZodType>(result: T) => eventIterator(progressSchema(result));
