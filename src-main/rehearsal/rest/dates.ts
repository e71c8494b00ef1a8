/** A date as the API of 2010 writes it: RFC 2822, like "Thu, 30 Jul 2015 23:19:04 +0000". */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

/** A date as the younger APIs write it: ISO 8601 to the second. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
