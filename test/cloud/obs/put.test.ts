import { describe, expect, it } from 'vitest';
import { BUCKET, found, headOf, md5, startObs, xml } from '../support/obs-server.ts';
import type { ServerResponse } from '../support/server.ts';

describe('putObject', () => {
  it.each<[string, ServerResponse, object]>([
    ['a new object as written', found('', '"e9"'), { outcome: 'written', etag: 'e9' }],
    ['412 as existing', xml(412, 'PreconditionFailed'), { outcome: 'exists' }],
    ['the native error as existing', xml(409, 'ObjectAlreadyExists'), { outcome: 'exists' }],
    ['501 as unsupported', xml(501, 'NotImplemented'), { outcome: 'unsupported' }],
    [
      'NotImplemented with 400 as unsupported',
      xml(400, 'NotImplemented'),
      { outcome: 'unsupported' },
    ],
  ])('with a condition, reads %s', async (_what, response, expected) => {
    const { obs, received } = await startObs(() => response);
    expect(await obs.put(BUCKET, 'k', 'x', { ifNoneMatch: true })).toEqual(expected);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers['if-none-match']).toBe('*');
  });

  it('without a condition, sends none and throws for 412', async () => {
    const { obs, received } = await startObs(() => xml(412, 'PreconditionFailed'));
    await expect(obs.put(BUCKET, 'k', 'x')).rejects.toMatchObject({
      code: 'conflict',
      status: 412,
    });
    expect(received[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('repeats a write that collided with another', async () => {
    const { obs, received } = await startObs((_request, index) =>
      index === 0 ? xml(409, 'OperationAborted') : xml(412, 'PreconditionFailed'),
    );
    expect(await obs.put(BUCKET, 'k', 'x', { ifNoneMatch: true })).toEqual({ outcome: 'exists' });
    expect(received).toHaveLength(2);
  });

  it.each([
    ['its own object as written', md5('mine', 'hex'), 'written'],
    ["another writer's object as existing", md5('theirs', 'hex'), 'exists'],
  ])('after a lost response, reads %s', async (_what, etag, outcome) => {
    const { obs } = await startObs((one, index) => {
      if (index === 0) return 'cut';
      if (one.method === 'HEAD') return headOf(4, etag);
      return xml(412, 'PreconditionFailed');
    });
    expect(await obs.put(BUCKET, 'k', 'mine', { ifNoneMatch: true })).toMatchObject({ outcome });
  });

  it('says that a write with a lost response may have happened', async () => {
    const { obs, received, records } = await startObs(() => 'cut');
    await expect(obs.put(BUCKET, 'k', 'x')).rejects.toMatchObject({
      code: 'unreachable',
      carriedOut: 'unknown',
    });
    expect(received).toHaveLength(3);
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(3).fill('unreachable'));
  });
});
