/**
 * What a form field says as rules compare it: case, the space around it, and the ways in which Unicode can write the same
 * letter make no difference.
 */
export function plainValue(value: string): string {
  return value.normalize('NFKC').trim().toLowerCase();
}
