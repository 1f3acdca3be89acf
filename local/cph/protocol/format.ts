/** True for a well-formed id of a phone, server or job. */
export function isId(id: string): boolean {
  return /^[0-9A-Za-z]{1,32}$/.test(id);
}

/** Parses up to nine digits; undefined for any other text. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Formats a time as CPH does: UTC to the second. */
export function cphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
