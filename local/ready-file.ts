import { readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cloud } from './cloud.ts';

/**
 * Writes the ready line and more values for a deployment to a file that only the owner can read. Returns a function that
 * deletes the file, unless another cloud has overwritten it.
 */
export async function writeReadyFile(
  file: string,
  cloud: Cloud,
  ready: string,
): Promise<() => void> {
  const text = JSON.stringify({
    ...(JSON.parse(ready) as object),
    obsPathStyle: 'true',
    operatorsTopicUrn: `${cloud.topicUrn}-operators`,
    apiGroup: 'phonevault',
    user: cloud.user.name,
    password: cloud.user.password,
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
  return () => {
    try {
      if (readFileSync(file, 'utf8') === text) rmSync(file);
    } catch {
      // Already deleted.
    }
  };
}
