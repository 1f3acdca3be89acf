import { describe } from 'vitest';
import { runMixes } from '../support/run-mixes.ts';

// A file of its own: two of them use two cores.
if (process.env.SEED === undefined) {
  describe('a cloud that lies in many ways at once', () => runMixes(501, 500));
}
