import { describe, expect, it } from 'vitest';
import { CPH_REGIONS, endpointsOf } from '../../lib/cloud/endpoints.ts';
import { hasCode } from '../../lib/errors.ts';

describe('endpointsOf', () => {
  it('gives the real hosts of a region', () => {
    expect(endpointsOf('cn-north-4')).toEqual({
      cph: 'https://cph.cn-north-4.myhuaweicloud.com',
      iam: 'https://iam.cn-north-4.myhuaweicloud.com',
      obs: 'https://obs.cn-north-4.myhuaweicloud.com',
      smn: 'https://smn.cn-north-4.myhuaweicloud.com',
      functiongraph: 'https://functiongraph.cn-north-4.myhuaweicloud.com',
    });
  });

  it.each(['cn-north-1', '', 'constructor'])('lists what is allowed for "%s"', (region) => {
    let caught: unknown;
    try {
      endpointsOf(region);
    } catch (error) {
      caught = error;
    }
    expect(hasCode(caught, 'setting_invalid')).toBe(true);
    const { hint } = caught as { hint: string };
    for (const known of CPH_REGIONS) expect(hint).toContain(known);
    expect(hint).toContain('endpoint');
  });
});
