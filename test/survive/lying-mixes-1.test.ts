import { describe } from 'vitest';
import { runMixes } from '../support/run-mixes.ts';

describe('a cloud that lies in many ways at once', () => runMixes(1, 500));
