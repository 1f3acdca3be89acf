import { describe, expect, it } from 'vitest';
import { judgeAsync, judgeConfig } from '../../../../cli/doctor/deployment/function-config.ts';
import type { FunctionKey } from '../../../../cli/doctor/deployment/deployed.ts';

const good = (key: FunctionKey) =>
  ({
    ...{ runtime: 'Node.js20.15', handler: `${key}.handler`, timeout: 60, xrole: 'phonevault' },
    max_instances: 400,
  }) as unknown as Parameters<typeof judgeConfig>[1];
const found = (key: FunctionKey, change: object) =>
  judgeConfig(key, { ...good(key), ...change }, 'deploy').map(({ outcome, message }) => [
    outcome,
    message,
  ]);

describe('the settings of a function', () => {
  it.each(['drive', 'schedule', 'http', 'event'] as const)('of %s are good as deployed', (key) => {
    expect(found(key, {})).toEqual([]);
  });

  it.each([
    ['drive', { runtime: 'Python3.9' }, 'failed', 'its runtime is Python3.9'],
    ['drive', { handler: 'index.handler' }, 'failed', 'not drive.handler'],
    ['drive', { xrole: undefined }, 'failed', 'no agency'],
    ['drive', { timeout: 900 }, 'failed', 'its timeout is 900 s'],
    ['drive', { timeout: undefined }, 'failed', 'its timeout is unknown'],
    ['http', { timeout: 30 }, 'failed', 'its timeout is 30 s'],
    ['http', { timeout: 900 }, 'warning', 'its timeout is 900 s'],
    ['event', { max_instances: 0 }, 'failed', 'it is disabled'],
    ['drive', { max_instances: 1 }, 'warning', 'discards a timer'],
  ] as const)('of %s are judged: %j', (key, change, outcome, text) => {
    expect(found(key, change)).toEqual([[outcome, expect.stringContaining(text)]]);
  });

  it('may limit other functions than drive to one instance', () => {
    expect(found('http', { max_instances: 1 })).toEqual([]);
  });
});

describe('asynchronous invocations', () => {
  const topic = { topicUrn: 'urn:t', fix: 'deploy' };
  const rules = (retries: number | undefined, urn?: string) =>
    ({
      ...(retries === undefined ? {} : { max_async_retry_attempts: retries }),
      ...(urn === undefined ? {} : { on_failure: { param: JSON.stringify({ topic_urn: urn }) } }),
    }) as unknown as Parameters<typeof judgeAsync>[1];
  const outcomes = (key: FunctionKey, given: ReturnType<typeof rules>) =>
    judgeAsync(key, given, topic).map(({ outcome }) => outcome);

  it('of drive must not be retried: two drives would overlap', () => {
    expect(outcomes('drive', rules(0, 'urn:operators'))).toEqual([]);
    expect(outcomes('drive', rules(3, 'urn:operators'))).toEqual(['failed']);
    expect(outcomes('drive', undefined)).toEqual(['failed', 'warning']);
    expect(outcomes('event', rules(3, 'urn:operators'))).toEqual([]);
  });

  it('must tell of failures, on another topic than that for notifications', () => {
    expect(outcomes('event', rules(0))).toEqual(['warning']);
    expect(outcomes('event', rules(0, 'urn:t'))).toEqual(['failed']);
  });
});
