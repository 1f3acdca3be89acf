import { describe, expect, it } from 'vitest';
import { judgeNode, judgeZones } from '../../../../cli/doctor/machine/node.ts';

const NOW = Date.UTC(2026, 6, 1);

describe('node', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.13.0', 'ok'],
    ['24.1.0', 'ok'],
    ['26.0.0', 'ok'],
    ['20.18.3', 'failed'],
    ['22.12.0', 'failed'],
    ['23.11.0', 'failed'],
    ['18.20.4', 'failed'],
    ['nonsense', 'failed'],
  ])('Node.js %s: %s', (node, outcome) => {
    expect(judgeNode({ node }).outcome).toBe(outcome);
  });
});

describe('time_zones', () => {
  it.each([
    ['2025c', 'ok'],
    ['2026a', 'ok'],
    ['2023c', 'warning'],
    [undefined, 'failed'],
    ['', 'failed'],
  ])('time zone data %s: %s', (tz, outcome) => {
    expect(judgeZones({ node: '20.0.0', tz, icu: '78.2' }, NOW).outcome).toBe(outcome);
  });

  it('names the versions of time zone data and ICU', () => {
    const { message } = judgeZones({ node: '20.0.0', tz: '2025c', icu: '78.2' }, NOW);
    expect(message).toBe('time zone data 2025c, ICU 78.2');
  });
});
