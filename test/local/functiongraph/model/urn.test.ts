import { describe, expect, it } from 'vitest';
import { functionUrn, parseUrn } from '../../../../local/functiongraph/model/urn.ts';
import { PLACE } from '../../support/functiongraph.ts';

const URN = 'urn:fss:cn-north-4:p1:function:default:backup';

describe('parseUrn', () => {
  it.each([
    [URN, undefined],
    [`${URN}:latest`, 'latest'],
    [`${URN}:!live`, 'live'],
  ])('reads the name and version of %s', (urn, qualifier) => {
    expect(parseUrn(urn, PLACE)).toEqual({ package: 'default', name: 'backup', qualifier });
  });

  it.each([
    'backup',
    URN.replace('p1', 'p2'),
    URN.replace('cn-north-4', 'cn-south-1'),
    `${URN}:a:b`,
  ])('refuses %s', (urn) => {
    expect(() => parseUrn(urn, PLACE)).toThrow(expect.objectContaining({ code: 'FSS.1309' }));
  });

  it('reads what functionUrn returns', () => {
    const name = { package: 'default', name: 'backup' };
    expect(parseUrn(functionUrn(name, PLACE), PLACE)).toEqual({ ...name, qualifier: 'latest' });
  });
});
