import * as z from 'zod';
import { CphError } from '../protocol/errors.ts';
import { pathError } from '../archive/path-pattern.ts';
import type { Limits, Switches } from '../world/settings.ts';

// Checks only the structure; each field has its own error code.
const restoreInfo = z.object({
  phone_id: z.string(),
  bucket_name: z.unknown().optional(),
  object_path: z.unknown().optional(),
});
const restoreRequest = z.object({ restore_infos: z.array(restoreInfo).min(1) });
const storageRequest = z.object({
  storage_infos: z
    .array(
      restoreInfo.extend({
        include_files: z.unknown().optional(),
        exclude_files: z.unknown().optional(),
      }),
    )
    .min(1),
});
const pathList = z.array(z.string());

export type RestoreInfo = { phone_id: string; bucket_name: string; object_path: string };
export type StorageInfo = RestoreInfo & { include_files: string[]; exclude_files: string[] };

/** Parses a batch-storage call (cph_api_0538). Throws CphError. */
export function parseStorageRequest(
  body: unknown,
  limits: Limits,
  switches: Switches,
): StorageInfo[] {
  const items = storageRequest.safeParse(body).data?.storage_infos;
  if (items === undefined) throw new CphError('CPS.0167');
  if (items.length > limits.storageInfosPerCall) throw new CphError('CPS.0170');
  return items.map((item) => ({
    ...targetOf(item, true),
    include_files: pathsOf(item.include_files, 'CPS.0168', switches),
    exclude_files:
      item.exclude_files === undefined || item.exclude_files === null
        ? []
        : pathsOf(item.exclude_files, 'CPS.0169', switches),
  }));
}

/** Parses a batch-restore call (cph_api_0539). Throws CphError. */
export function parseRestoreRequest(body: unknown, limits: Limits): RestoreInfo[] {
  const items = restoreRequest.safeParse(body).data?.restore_infos;
  if (items === undefined) throw new CphError('CPS.0171');
  if (items.length > limits.restoreInfosPerCall) throw new CphError('CPS.0171');
  return items.map((item) => targetOf(item, false));
}

function targetOf(item: z.infer<typeof restoreInfo>, checkCharacters: boolean): RestoreInfo {
  const { phone_id, bucket_name, object_path } = item;
  if (typeof bucket_name !== 'string' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket_name)) {
    throw new CphError('CPS.0134');
  }
  if (typeof object_path !== 'string' || object_path === '' || object_path.length > 1024) {
    throw new CphError('CPS.0135');
  }
  if (checkCharacters && !isObjectPath(object_path)) throw new CphError('CPS.0135');
  return { phone_id, bucket_name, object_path };
}

/** Unlike a path on the phone it has no `*` and `~`; OBS allows no empty, `.` or `..` folders. */
function isObjectPath(path: string): boolean {
  return (
    /^[A-Za-z0-9./\-_+#=]+$/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function pathsOf(value: unknown, code: string, { edition }: Switches): string[] {
  const parsed = pathList.safeParse(value);
  if (!parsed.success) throw new CphError(code);
  if (code === 'CPS.0168' && parsed.data.length === 0) throw new CphError(code);
  for (const path of parsed.data) {
    const error = pathError(path, edition);
    if (error !== undefined) throw new CphError(code, `${error}.`);
  }
  return parsed.data;
}
