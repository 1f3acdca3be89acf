/** The values of the placeholders in an object path: `slot` is a stamp, `date` eight digits. */
export type PathValues = { policy: string; date: string; slot: string };

export const PLACEHOLDERS = ['policy', 'date', 'slot'] as const;

/** Replaces `{policy}`, `{date}` and `{slot}` in an object path. Does not change anything else in braces. */
export function expandObjectPath(template: string, values: PathValues): string {
  return template.replace(/\{(policy|date|slot)\}/g, (_, name: keyof PathValues) => values[name]);
}

/** Returns the folder of a run's archives, without a slash at the end. `folder` is an expanded object path. */
export function runFolder(folder: string, runId: string): string {
  return `${folder}/${runId}`;
}

/** Returns the object key of one attempt (from 1) to export a phone. Every attempt has its own key. */
export function archiveKey(
  folder: string,
  runId: string,
  phoneId: string,
  attempt: number,
): string {
  return `${runFolder(folder, runId)}/${phoneId}-${attempt}.tar`;
}

/** Parses the key of an archive in a run's folder. Returns undefined for any key that `archiveKey` does not return. */
export function parseArchiveKey(
  folderOfRun: string,
  key: string,
): { phone_id: string; attempt: number } | undefined {
  if (!key.startsWith(`${folderOfRun}/`)) return undefined;
  const name = key.slice(folderOfRun.length + 1);
  const [, phoneId, attempt] = /^([A-Za-z0-9_-]{1,32})-([1-9]\d?)\.tar$/.exec(name) ?? [];
  return phoneId === undefined ? undefined : { phone_id: phoneId, attempt: Number(attempt) };
}
