/** Classes as the S3 interface names them. `GLACIER` is OBS's COLD, `STANDARD_IA` its WARM. */
export const STORAGE_CLASSES = ['STANDARD', 'STANDARD_IA', 'GLACIER', 'DEEP_ARCHIVE'] as const;

export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** Lists of OBS show its own names, also on the S3 interface. */
const NATIVE: Record<StorageClass, string> = {
  STANDARD: 'STANDARD',
  STANDARD_IA: 'WARM',
  GLACIER: 'COLD',
  DEEP_ARCHIVE: 'DEEP_ARCHIVE',
};

const BY_NAME = new Map<string, StorageClass>(
  STORAGE_CLASSES.flatMap((one) => [[one, one] as const, [NATIVE[one], one] as const]),
);

/** Returns the class of a name, of S3 or of OBS; undefined for any other. Case counts. */
export function classOf(name: string): StorageClass | undefined {
  return BY_NAME.get(name);
}

export function nativeName(storageClass: StorageClass = 'STANDARD'): string {
  return NATIVE[storageClass];
}

/** True for the classes whose objects cannot be read before they are restored. */
export function isArchive(storageClass: StorageClass = 'STANDARD'): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
}
