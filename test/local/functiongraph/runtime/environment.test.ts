import { expect, it } from 'vitest';
import { environmentOf } from '../../../../local/functiongraph/runtime/environment.ts';
import { functionRecord } from '../../support/functiongraph.ts';

it('contains the documented variables and nothing of this machine', () => {
  const { config } = functionRecord({
    user_data: '{"PLAIN":"1"}',
    encrypted_user_data: '{"SECRET":"2"}',
    initializer_handler: 'index.init',
    initializer_timeout: 5,
  });
  const options = {
    name: 'backup',
    package: 'default',
    projectId: 'p1',
    root: '/code',
    cpu: '300',
  };
  const env = environmentOf({ config, ...options });
  expect(env).toMatchObject({
    RUNTIME_FUNC_NAME: 'backup',
    RUNTIME_FUNC_VERSION: 'latest',
    RUNTIME_TIMEOUT: '30',
    RUNTIME_CODE_ROOT: '/code',
    RUNTIME_INITIALIZER_HANDLER: 'index.init',
    RUNTIME_INITIALIZER_TIMEOUT: '5',
    RUNTIME_USERDATA: '{"PLAIN":"1","SECRET":"2"}',
  });
  const others = Object.keys(env).filter((name) => !name.startsWith('RUNTIME_'));
  expect(others.sort()).toEqual(['HOME', 'LANG', 'PATH', 'TZ']);
});
