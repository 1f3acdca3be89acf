import { afterAll, afterEach } from 'vitest';
import { noteErrors, checkErrors } from './errors.ts';
import { watchOutput } from './output.ts';
import { takeLeaks } from './check-text.ts';

const TIMEOUT_MS = 60_000;

function failOnLeaks(): void {
  checkErrors();
  const leaks = takeLeaks();
  if (leaks.length > 0) throw new Error(`secrets leaked:\n${leaks.join('\n')}`);
}

noteErrors();
watchOutput();
afterEach(failOnLeaks, TIMEOUT_MS);
afterAll(failOnLeaks, TIMEOUT_MS);
