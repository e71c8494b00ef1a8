import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchPattern } from '../route-table.ts';

/** As far as it is looked at here: https://spec.openapis.org/oas/v3.0.3#schema-object */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  nullable?: boolean;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  parameters?: readonly Parameter[];
  requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
  responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

type PathItem = Partial<Record<'get' | 'post' | 'put' | 'delete', Operation>> & {
  parameters?: readonly Parameter[];
};

/** One of Twilio's OpenAPI files. */
export interface TwilioDocument {
  paths: Readonly<Record<string, PathItem>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

/** Which file describes which host. */
const fileOf: Readonly<Record<string, string>> = {
  api: 'twilio_api_v2010.json',
  lookups: 'twilio_lookups_v2.json',
  monitor: 'twilio_monitor_v1.json',
  serverless: 'twilio_serverless_v1.json',
  trusthub: 'twilio_trusthub_v1.json',
  voice: 'twilio_voice_v1.json',
};

export interface FoundOperation {
  /** As in the file, like "/v1/Alerts/{Sid}". */
  pattern: string;
  operation: Operation;
  parameters: readonly Parameter[];
  pathParams: Readonly<Record<string, string>>;
}

/** Twilio's OpenAPI files in a folder; each is read once, when it is first needed. */
export class TwilioDocuments {
  readonly #folder: string;
  readonly #read = new Map<string, TwilioDocument>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get areThere(): boolean {
    return Object.values(fileOf).every((file) => existsSync(join(this.#folder, file)));
  }

  /** @returns nothing for a host that no file describes. */
  of(subdomain: string): TwilioDocument | undefined {
    const file = fileOf[subdomain];
    if (file === undefined) return undefined;
    let document = this.#read.get(file);
    if (document === undefined) {
      document = JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as TwilioDocument;
      this.#read.set(file, document);
    }
    return document;
  }
}

/** @returns nothing when the document has no such path or method. */
export function findOperation(
  document: TwilioDocument,
  request: { method: string; path: string },
): FoundOperation | undefined {
  const method = request.method.toLowerCase();
  const found: FoundOperation[] = [];
  for (const [pattern, item] of Object.entries(document.paths)) {
    const operation = method in item ? item[method as 'get'] : undefined;
    const pathParams = operation && matchPattern(pattern, request.path);
    if (operation === undefined || pathParams === undefined) continue;
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    found.push({ pattern, operation, parameters, pathParams });
  }
  // ".../Local.json" is meant before ".../{Sid}.json".
  return found.toSorted(
    (one, other) => Object.keys(one.pathParams).length - Object.keys(other.pathParams).length,
  )[0];
}
