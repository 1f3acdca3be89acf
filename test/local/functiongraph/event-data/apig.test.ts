import { describe, expect, it } from 'vitest';
import { readApig } from '../../../../local/functiongraph/event-data/apig.ts';
import { triggerRecord } from '../../support/functiongraph.ts';

const data = (more: object = {}) => ({
  name: 'phonevault',
  type: 1,
  path: '/backup',
  protocol: 'HTTPS',
  req_method: 'ANY',
  group_id: 'g1',
  match_mode: 'SWA',
  env_name: 'RELEASE',
  env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
  auth: 'NONE',
  func_info: { timeout: 5_000 },
  ...more,
});
const error = (code: string) => expect.objectContaining({ code }) as Error;

describe('event_data of an API', () => {
  it('is returned as it was given', () => {
    expect(readApig(data(), 'APIG', [])).toEqual(data());
  });

  it.each([
    ['a path without slash', { path: 'backup' }],
    ['a timeout of 61 s', { func_info: { timeout: 60_001 } }],
    ['no group', { group_id: undefined }],
    ['no authentication', { auth: undefined }],
  ])('must not have %s', (_, more) => {
    expect(() => readApig(data(more), 'APIG', [])).toThrow(error('FSS.1107'));
    expect(() => readApig(data(more), 'DEDICATEDGATEWAY', [])).toThrow(error('FSS.1417'));
  });

  it.each([
    ['the same path and method', {}, 'refused'],
    ['another method while the first takes any', { req_method: 'GET' }, 'refused'],
    ['another path', { path: '/other' }, 'accepted'],
    ['another group', { group_id: 'g2' }, 'accepted'],
  ])('with %s as an existing API is %s', (_, more, outcome) => {
    const existing = [triggerRecord('APIG', data())];
    const read = () => readApig(data(more), 'APIG', existing);
    if (outcome === 'accepted') expect(read).not.toThrow();
    else expect(read).toThrow(error('FSS.1147'));
  });
});
