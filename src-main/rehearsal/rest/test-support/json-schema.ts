import type { Schema } from './twilio-documents.ts';

/** A schema that ajv takes. */
export type JsonSchema = Record<string, unknown>;

export interface Conversion {
  /** Every value may be null: the Lookup file does not say of most that they may, and they are. */
  nullsEverywhere: boolean;
  /** Every property that is described must be there, and no other: Twilio leaves none out, though its files don't say so. */
  exact: boolean;
}

/** An OpenAPI 3.0 schema as JSON Schema: `nullable` becomes a type, and "" counts as "not set" where a SID is meant. */
export function toJsonSchema(schema: Schema, conversion: Conversion): JsonSchema {
  const nullable = schema.nullable === true || conversion.nullsEverywhere;
  // In OpenAPI 3.0 nothing beside a $ref counts.
  if (schema.$ref !== undefined) {
    return conversion.nullsEverywhere ? orNull({ $ref: schema.$ref }) : { $ref: schema.$ref };
  }
  const converted: JsonSchema = {};
  if (schema.type !== undefined) converted.type = schema.type;
  if (schema.format !== undefined) converted.format = schema.format;
  if (schema.enum !== undefined) converted.enum = schema.enum;
  if (schema.minimum !== undefined) converted.minimum = schema.minimum;
  if (schema.maximum !== undefined) converted.maximum = schema.maximum;
  // The length that goes with it says the same.
  if (schema.pattern !== undefined) converted.pattern = `^$|${schema.pattern}`;
  if (schema.items !== undefined) converted.items = toJsonSchema(schema.items, conversion);
  if (schema.properties !== undefined) {
    converted.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, toJsonSchema(inner, conversion)]),
    );
    if (conversion.exact) {
      converted.additionalProperties = false;
      converted.required = Object.keys(schema.properties);
    }
  }
  return nullable && schema.type !== undefined ? orNull(converted) : converted;
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
