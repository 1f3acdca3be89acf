import { describe, expect, it } from 'vitest';
import { createWriter } from '../../lib/run/deps.ts';

describe('createWriter', () => {
  it('counts up from one', () => {
    const writer = createWriter('1-a');
    expect([writer.name, writer.next(), writer.next()]).toEqual(['1-a', 1, 2]);
  });
});
