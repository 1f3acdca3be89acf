export function isId(id: string): boolean {
  return /^[0-9A-Za-z]{1,32}$/.test(id);
}

export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A time as CPH writes it: UTC to the second. */
export function cphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
