import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hasCode } from '../../lib/errors.ts';
import { parseObject } from '../../lib/ledger/json.ts';

const schema = z.object({ version: z.literal(1), name: z.string() });
const read = (body: string): unknown => {
  try {
    return parseObject(schema, 1, 'runs/x/plan.json', body);
  } catch (error) {
    return error;
  }
};

describe('parseObject', () => {
  it('reads what the schema says', () => {
    expect(read('{"version":1,"name":"a"}')).toEqual({ version: 1, name: 'a' });
  });

  it.each([
    ['', 'is not JSON'],
    ['{"version":1', 'is not JSON'],
    ['[]', 'has no version'],
    ['{"name":"a"}', 'has no version'],
    ['{"version":1,"name":7}', 'is wrong at name'],
  ])('refuses %j and says where it lies', (body, message) => {
    const error = read(body);
    expect(hasCode(error, 'object_invalid')).toBe(true);
    expect(String(error)).toContain(`runs/x/plan.json ${message}`);
  });

  it('tells an object of a newer version from a broken one', () => {
    expect(hasCode(read('{"version":2,"name":"a"}'), 'object_newer')).toBe(true);
  });

  it('does not quote what it found', () => {
    expect(String(read('{"version":1,"name":{"secret":"s3cr3t"}}'))).not.toContain('s3cr3t');
  });
});
