import { expect, it } from 'vitest';
import {
  describeCode,
  describeFunction,
} from '../../../../local/functiongraph/functions/describe-function.ts';
import { functionRecord, PLACE } from '../../support/functiongraph.ts';

it('describes a function without hooks and log by empty values', () => {
  expect(describeFunction(functionRecord(), PLACE)).toMatchObject({
    func_urn: 'urn:fss:cn-north-4:p1:function:default:backup:latest',
    user_data: '',
    encrypted_user_data: '',
    initializer_handler: '',
    initializer_timeout: 0,
    enable_lts_log: false,
    log_group_id: '',
    last_modified: '1970-01-01T08:00:00+08:00',
  });
});

it('describes code without the settings, inline code as Base64', () => {
  const described = describeCode(functionRecord({ user_data: '{"A":"1"}' }, 'code'), PLACE);
  expect(described).toMatchObject({ func_code: { file: 'Y29kZQ==' }, code_type: 'inline' });
  expect(Object.keys(described)).not.toContain('user_data');
});
