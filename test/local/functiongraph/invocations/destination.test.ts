import { expect, it } from 'vitest';
import { parseTarget } from '../../../../local/functiongraph/invocations/destination.ts';

it('parses the param of a destination', () => {
  const parse = (param: string) => parseTarget({ destination: 'SMN', param });
  expect(parse('{"topic_urn":"t"}')).toEqual({ topic_urn: 't' });
  for (const param of ['x', '[]', '{"topic_urn":1}']) {
    expect(() => parse(param)).toThrow(expect.objectContaining({ code: 'FSS.0400' }));
  }
});
