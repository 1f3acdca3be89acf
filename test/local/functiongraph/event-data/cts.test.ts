import { describe, expect, it } from 'vitest';
import { readCts, readOperations } from '../../../../local/functiongraph/event-data/cts.ts';
import { triggerRecord } from '../../support/functiongraph.ts';

const data = (more: object = {}) => ({
  name: 'phones',
  operations: ['CPH:phone:createCloudPhone;resetCloudPhone'],
  ...more,
});

describe('event_data of CTS', () => {
  it.each([
    ['no name', { name: '' }, 'FSS.1312'],
    ['a dash in its name', { name: 'my-phones' }, 'FSS.0400'],
    ['a name of 65 characters', { name: 'x'.repeat(65) }, 'FSS.1317'],
    ['no operations', { operations: [] }, 'FSS.1314'],
    ['one operation twice', { operations: ['A:b:c', 'A:b:d;c'] }, 'FSS.1316'],
    ['a malformed operation', { operations: ['CPH:phone'] }, 'FSS.1318'],
    [
      '11 operations of a service',
      { operations: [`A:b:${[...'abcdefghijk'].join(';')}`] },
      'FSS.1313',
    ],
  ])('must not have %s', (_, more, code) => {
    expect(() => readCts(data(more), [])).toThrow(expect.objectContaining({ code }));
  });

  it('needs a name that no other trigger has', () => {
    expect(readCts(data(), [])).toEqual(data());
    expect(() => readCts(data(), [triggerRecord('CTS', data())])).toThrow(
      expect.objectContaining({ code: 'FSS.1307' }),
    );
  });

  it('names every pair of a resource and a trace', () => {
    expect(readOperations(['S:a;b:x;y'])).toEqual(
      ['a', 'b'].flatMap((resource) =>
        ['x', 'y'].map((trace) => ({ service: 'S', resource, trace })),
      ),
    );
  });
});
