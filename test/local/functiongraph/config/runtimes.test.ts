import { expect, it } from 'vitest';
import { isNodeRuntime, isRuntime } from '../../../../local/functiongraph/config/runtimes.ts';

it.each([
  ['Node.js20.15', true, true],
  ['Python3.10', true, false],
  ['Node.js22.1', false, true],
])('knows %s: %s, runs it: %s', (name, known, node) => {
  expect([isRuntime(name), isNodeRuntime(name)]).toEqual([known, node]);
});
