import { describe } from 'vitest';
import { runMixes } from './run-mixes.ts';

describe('nights with many faults at once', () => runMixes(1));
