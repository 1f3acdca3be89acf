import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Parts } from '../../../cli/io/io.ts';
import { bundleTools } from '../../../packaging/bundle.ts';

const ECHO = `exports.handler = async (event, context) => {
  console.log('a line of its log');
  if (event.wait) await new Promise((resolve) => setTimeout(resolve, 60000));
  if (event.exit) process.exit(3);
  if (event.foreign) throw new TypeError('hunter2');
  if (event.ours) {
    throw Object.assign(new Error('the topic is gone: make one'), { name: 'ServiceError', code: 'not_found' });
  }
  if (event.nothing) return undefined;
  return {
    event,
    project: context.getProjectID(),
    bucket: context.getUserData('PHONEVAULT_BUCKET'),
    unknown: context.getUserData('HUAWEICLOUD_SDK_SK') ?? null,
    hasKeys: context.getSecurityAccessKey() !== '' && context.getSecuritySecretKey() !== '',
    hasTime: context.getRemainingTimeInMilliSeconds() > 20000,
    id: context.getRequestID(),
  };
};`;

/** A built handler, `echo`, and the worker that runs it, while the tests of a file run. Fills in the folder before the first. */
export function echoHandler(): Parts {
  const parts: Parts = { version: '0', dist: '', local: [], worker: '' };
  beforeAll(async () => {
    parts.dist = await mkdtemp(join(tmpdir(), 'phonevault-'));
    parts.worker = join(parts.dist, 'invoke-worker.js');
    const source = join(import.meta.dirname, '../../../cli/invoke/worker.ts');
    await bundleTools([{ in: source, out: 'invoke-worker' }], parts.dist);
    await writeFile(join(parts.dist, 'echo.js'), ECHO);
  });
  afterAll(() => rm(parts.dist, { recursive: true }));
  return parts;
}
