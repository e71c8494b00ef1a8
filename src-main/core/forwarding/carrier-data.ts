import { parse } from 'yaml';
import { z } from 'zod';
import { forwardingConditions } from '../../../src-preload/contract/forwarding.ts';

const keysSchema = z.string().regex(/^([0-9*#]|\{number\}|\{seconds\})+$/);

const stepSchema = z.strictObject({
  condition: z.enum(forwardingConditions),
  turnOn: keysSchema,
  /** Where the seconds of ringing can be chosen. */
  turnOnAfter: keysSchema.optional(),
  turnOff: keysSchema,
  check: keysSchema.nullable(),
});
export type CarrierStep = z.infer<typeof stepSchema>;

/** How the forwarding number is written: 4165550100, 14165550100 or +14165550100. */
export const numberForms = ['national10', 'e164digits', 'e164'] as const;

const carrierDataSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string().min(1),
  /** ISO 3166-1, or "any". */
  country: z.enum(['US', 'CA', 'any']),
  /** The name of a list of codes. */
  codes: z.string(),
  /** Those of the codes that sources give for this carrier; all of them when absent. */
  conditions: z.array(z.enum(forwardingConditions)).min(1).optional(),
  number: z.enum(numberForms),
  /** Where calls may be forwarded to: anywhere, or to numbers that begin with +1 alone. */
  numbers: z.enum(['any', 'nanp']).default('nanp'),
  ringSeconds: z.array(z.int().positive()).min(1).nullable().default(null),
  /** A landline is dialled without a call key, and some give a new dial tone after the code. */
  line: z.enum(['mobile', 'landline']).default('mobile'),
  /** Whether one of the sources is the carrier's own page, or the standard itself. */
  firstHand: z.boolean().default(false),
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
  notes: z.array(z.string().min(1)),
});
export type CarrierData = z.infer<typeof carrierDataSchema>;

const fileSchema = z
  .strictObject({
    /** They hold for every carrier. */
    notes: z.array(z.string().min(1)),
    codes: z.record(z.string(), z.array(stepSchema).min(1)),
    carriers: z.array(carrierDataSchema).min(1),
  })
  .superRefine(({ codes, carriers }, context) => {
    const seen = new Set<string>();
    for (const [index, { id, codes: name, conditions, ringSeconds }] of carriers.entries()) {
      const complain = (message: string) =>
        context.addIssue({ code: 'custom', path: ['carriers', index], message });
      if (seen.has(id)) complain(`the id ${id} is used twice`);
      seen.add(id);
      const steps = codes[name];
      if (steps === undefined) {
        complain(`there are no codes named ${name}`);
        continue;
      }
      for (const condition of conditions ?? []) {
        if (!steps.some((step) => step.condition === condition))
          complain(`${name} has no code for ${condition}`);
      }
      if (ringSeconds !== null && !steps.some(({ turnOnAfter }) => turnOnAfter !== undefined)) {
        complain(`${name} has no code with seconds`);
      }
    }
  });
export type CarrierFile = z.infer<typeof fileSchema>;

/** @throws when the text is no YAML or does not fit. */
export function readCarrierFile(yaml: string): CarrierFile {
  const parsed = fileSchema.safeParse(parse(yaml));
  if (!parsed.success)
    throw new Error(`carrier-forwarding.yaml does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
