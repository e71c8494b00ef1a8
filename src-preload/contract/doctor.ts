import { z } from 'zod';
import { verdicts } from './problem.ts';

/** One link of the chain from the credentials to the phone that would ring. */
export const diagnosisSchema = z.object({
  id: z.string(),
  /** What is looked at, like "Credentials" or "Number +14165550100 → front-desk". */
  title: z.string(),
  verdict: z.enum(verdicts),
  says: z.string(),
  remedy: z.string().nullable(),
  link: z.string().nullable(),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const examinationSchema = z.object({
  /** The worst of all. */
  verdict: z.enum(verdicts),
  links: z.array(diagnosisSchema),
  at: z.number(),
});
export type Examination = z.infer<typeof examinationSchema>;
