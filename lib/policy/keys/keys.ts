/** What stands for the placeholders of an object path: `slot` a stamp, `date` eight digits. */
export type PathValues = { policy: string; date: string; slot: string };

export const PLACEHOLDERS = ['policy', 'date', 'slot'] as const;

/** Fills `{policy}`, `{date}` and `{slot}` of an object path; anything else in braces stays as it is. */
export function expandObjectPath(template: string, values: PathValues): string {
  return template.replace(/\{(policy|date|slot)\}/g, (_, name: keyof PathValues) => values[name]);
}

/** The folder of a run's archives, without a slash at the end. `folder` is an expanded object path. */
export function runFolder(folder: string, runId: string): string {
  return `${folder}/${runId}`;
}

/** The object key of one try (from 1) to export one phone. No two tries share a key. */
export function archiveKey(
  folder: string,
  runId: string,
  phoneId: string,
  attempt: number,
): string {
  return `${runFolder(folder, runId)}/${phoneId}-${attempt}.tar`;
}

/** Reads a key back that lies right in a run's folder; undefined for any key that `archiveKey` does not write. */
export function parseArchiveKey(
  folderOfRun: string,
  key: string,
): { phone_id: string; attempt: number } | undefined {
  if (!key.startsWith(`${folderOfRun}/`)) return undefined;
  const name = key.slice(folderOfRun.length + 1);
  const [, phoneId, attempt] = /^([A-Za-z0-9_-]{1,32})-([1-9]\d?)\.tar$/.exec(name) ?? [];
  return phoneId === undefined ? undefined : { phone_id: phoneId, attempt: Number(attempt) };
}
