import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../local/functiongraph/config/read-config.ts';
import { functionBody } from '../../support/functiongraph.ts';

const x = (length: number) => 'x'.repeat(length);
const init = (handler: string, timeout?: number) => ({
  initializer_handler: handler,
  initializer_timeout: timeout,
});

describe('readConfig', () => {
  it('fills in the defaults', () => {
    const { name, config } = readConfig(functionBody({ package: undefined }));
    expect(name).toBe('backup');
    expect(config).toMatchObject({
      description: '',
      xrole: '',
      userData: {},
      initializer: undefined,
      preStop: undefined,
      log: undefined,
      ephemeral_storage: 512,
      type: 'v2',
    });
  });

  it('creates a log group when LTS is enabled without one', () => {
    expect(readConfig(functionBody({ enable_lts_log: true })).config.log).toEqual({
      group_id: '',
      stream_id: '',
      group_name: 'functiongraph.log.group',
      stream_name: 'backup-stream',
    });
    const log_config = { group_id: 'g', stream_id: 's' };
    expect(readConfig(functionBody({ log_config })).config.log).toMatchObject(log_config);
  });

  it.each([
    ['a name that ends with a dash', { func_name: 'backup-' }, 'FSS.1002'],
    ['a name of 61 characters', { func_name: x(61) }, 'FSS.1002'],
    ['a name that begins with a digit', { func_name: '1backup' }, 'FSS.1002'],
    ['no name', { func_name: undefined }, 'FSS.1002'],
    ['a handler without a dot', { handler: 'handler' }, 'FSS.1003'],
    ['a handler outside of the code', { handler: '../../evil.handler' }, 'FSS.1003'],
    ['a handler that leads out', { handler: 'a/../../evil.handler' }, 'FSS.1003'],
    ['a handler of 129 characters', { handler: `index.${x(123)}` }, 'FSS.1003'],
    ['an unknown runtime', { runtime: 'Node.js22.1' }, 'FSS.1005'],
    ['memory between two sizes', { memory_size: 300 }, 'FSS.1007'],
    ['a timeout of 2 s', { timeout: 2 }, 'FSS.1008'],
    ['a timeout of over 72 h', { timeout: 259_201 }, 'FSS.1008'],
    ['a description of 513 characters', { description: x(513) }, 'FSS.1019'],
    ['two requests an instance', { strategy_config: { concurrent_num: 2 } }, 'FSS.1026'],
    ['an initializer without its timeout', init('index.init'), 'FSS.1405'],
    ['an initializer of over 300 s', init('index.init', 301), 'FSS.1405'],
    ['an initializer without a dot', init('i', 3), 'FSS.1404'],
    ['a timeout without an initializer', init('', 3), 'FSS.1404'],
    ['a VPC', { func_vpc: { vpc_id: 'v1' } }, 'FSS.1036'],
    ['a dependency', { depend_version_list: ['d1'] }, 'FSS.1056'],
    ['user data that is not JSON', { user_data: 'A=1' }, 'FSS.1009'],
    ['tags that are not JSON', { tags: 'a=b' }, 'FSS.0400'],
    ['a tag that is a number', { tags: '{"a":1}' }, 'FSS.0400'],
  ])('refuses %s', (_, more, code) => {
    expect(() => readConfig(functionBody(more))).toThrow(expect.objectContaining({ code }));
  });
});
