import { describe, expect, it } from 'vitest';
import { serviceOf } from '../../../local/api/hosts.ts';

describe('serviceOf', () => {
  it.each([
    ['cph.cn-north-4.myhuaweicloud.com', 'cph'],
    ['cph.cn-north-4.myhuaweicloud.com:443', 'cph'],
    ['iam.myhuaweicloud.com', 'iam'],
    ['iam.cn-north-4.myhuaweicloud.com', 'iam'],
    ['obs.cn-north-4.myhuaweicloud.com', 'obs'],
    ['my.bucket.obs.cn-north-4.myhuaweicloud.com', 'obs'],
    ['functiongraph.cn-north-4.myhuaweicloud.com', 'functiongraph'],
  ])('finds for %s the service %s', (host, service) => {
    expect(serviceOf(host, 'cn-north-4')).toBe(service);
  });

  it.each(['cph.cn-south-1.myhuaweicloud.com', 'example.com', 'cn-north-4.myhuaweicloud.com'])(
    'does not resolve %s',
    (host) => {
      expect(() => serviceOf(host, 'cn-north-4')).toThrow('ENOTFOUND');
    },
  );
});
