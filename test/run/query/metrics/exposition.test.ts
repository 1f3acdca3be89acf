import fc from 'fast-check';
import parse from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import { expositionOf } from '../../../../lib/run/query/metrics/exposition.ts';

const family = { name: 'phonevault_calls_total', type: 'counter' as const, help: 'Calls.' };

describe('expositionOf', () => {
  it('writes a head and a line a series', () => {
    const samples = [
      { labels: { service: 'cph', result: 'ok' }, value: 3 },
      { labels: {}, value: 0.5 },
    ];
    expect(expositionOf([{ ...family, samples }])).toBe(
      [
        '# HELP phonevault_calls_total Calls.',
        '# TYPE phonevault_calls_total counter',
        'phonevault_calls_total{service="cph",result="ok"} 3',
        'phonevault_calls_total 0.5',
        '',
      ].join('\n'),
    );
  });

  it('leaves out a metric without a series', () => {
    expect(expositionOf([{ ...family, samples: [] }])).toBe('');
  });

  it('can be read back by a parser, whatever a label holds', () => {
    const text = fc.string({ unit: 'grapheme' });
    const hostile = fc.oneof(text, fc.constantFrom('a"b', 'a\\', '\\n', 'a\nb 1', '} 1', ''));
    fc.assert(
      fc.property(hostile, fc.double({ noNaN: true, noDefaultInfinity: true }), (code, value) => {
        const samples = [{ labels: { code }, value }];
        const [found] = parse(expositionOf([{ ...family, samples }]));
        expect(found?.metrics.map(({ labels }) => labels)).toEqual([{ code }]);
        expect(Number(found?.metrics[0]?.value)).toBeCloseTo(value);
      }),
    );
  });
});
