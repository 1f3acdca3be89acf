import { describe } from 'vitest';
import { runMixes } from './run-mixes.ts';

// A file of its own, so that the mixes use two processors.
if (process.env.SEED === undefined) {
  describe('nights with many faults at once', () => runMixes(501));
}
