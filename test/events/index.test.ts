import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { payloads } from '../../events/index.ts';

describe('events', () => {
  it('has every payload that lies in its folder, once', () => {
    const files = readdirSync(new URL('../../events/payloads/', import.meta.url));
    const names = Object.values(payloads).map(({ name }) => `${name}.json`);
    expect(names.sort()).toEqual(files.sort());
  });

  it('knows the payloads by their types', () => {
    expect(payloads.ctsCreatePhone.parsed.cts.trace_name).toBe('createCloudPhone');
    expect(payloads.smnSeveral.parsed.record).toHaveLength(3);
    expect(payloads.failureOfTrace.parsed.request_context.approximate_invoke_count).toBe(2);
  });
});
