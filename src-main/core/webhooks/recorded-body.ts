/** How much of a body is kept in `webhook_requests`. */
export const recordedBytes = 4 * 1024;

/** The start of a body, at most 4 kB of UTF-8, never cut within a character. */
export function recordedBody(body: string): string {
  if (body.length * 3 <= recordedBytes) return body;
  const bytes = Buffer.from(body, 'utf8');
  if (bytes.length <= recordedBytes) return body;
  let end = recordedBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
