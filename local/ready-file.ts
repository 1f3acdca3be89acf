import { readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cloud } from './cloud.ts';

/**
 * Keeps what was printed in a file that only its owner reads, with what a deployment needs besides. Answers what takes the
 * file away again; one that another cloud has written since stays.
 */
export async function keepReady(file: string, cloud: Cloud, ready: string): Promise<() => void> {
  const text = JSON.stringify({
    ...(JSON.parse(ready) as object),
    obsPathStyle: 'true',
    operatorsTopicUrn: `${cloud.topicUrn}-operators`,
    apiGroup: 'phonevault',
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
  return () => {
    try {
      if (readFileSync(file, 'utf8') === text) rmSync(file);
    } catch {
      // It is gone already.
    }
  };
}
