import { describe, expect, it } from 'vitest';
import { serviceError } from '../../../deploy/plugin/errors.js';

const PLACE = { region: 'cn-north-9', projectId: 'p1', endpoint: 'https://fg.example.com' };
const hintOf = (error: object, place = PLACE): string =>
  serviceError('showFunctionConfig', error, place).hint ?? '';

describe('serviceError', () => {
  it.each([
    ['FSS.1309', 400],
    ['FSS.0403', 403],
    ['APIGW.0302', 403],
    ['APIGW.0802', 403],
  ])('names region and project as a possible cause of %s', (errorCode, httpStatusCode) => {
    const hint = hintOf({ httpStatusCode, errorCode, errorMsg: 'no' });
    expect(hint).toContain('is cn-north-9 the right region (PHONEVAULT_REGION');
    expect(hint).toContain('p1 its project');
  });

  it('names the region when the host does not exist', () => {
    const errorMsg = 'getaddrinfo ENOTFOUND functiongraph.cn-north-9.myhuaweicloud.com';
    expect(hintOf({ errorMsg })).toContain('is cn-north-9 the right region');
  });

  it('says that the embedded cloud is not running when nothing listens on this machine', () => {
    const place = { ...PLACE, endpoint: 'http://127.0.0.1:1' };
    expect(hintOf({ errorMsg: 'connect ECONNREFUSED 127.0.0.1:1' }, place)).toContain(
      'npm run local',
    );
  });

  it.each([
    ['CTS.0003', 403, 'CTS and APIG rights'],
    ['X.1', 401, 'check the keys'],
  ])('names permissions or keys for the unknown code %s', (errorCode, httpStatusCode, text) => {
    expect(hintOf({ httpStatusCode, errorCode, errorMsg: 'no' })).toContain(text);
  });

  it('names the permission for LTS when the log may not be read', () => {
    const error = { httpStatusCode: 403, errorCode: 'LTS.0403', errorMsg: 'no' };
    expect(serviceError('listLogs', error, PLACE).hint).toContain('permission to read LTS');
  });

  it('does not name the region as the cause of other errors', () => {
    const hint = hintOf({ httpStatusCode: 403, errorCode: 'FSS.1041', errorMsg: 'quota' });
    expect(hint).toBe('the account has reached its limit of functions');
  });
});
