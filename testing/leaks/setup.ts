import { afterAll, afterEach } from 'vitest';
import { noteErrors, witnessErrors } from './errors.ts';
import { watchOutput } from './output.ts';
import { takeLeaks } from './witness.ts';

const TIMEOUT_MS = 60_000;

function demandNoLeak(): void {
  witnessErrors();
  const leaks = takeLeaks();
  if (leaks.length > 0) throw new Error(`secrets were told:\n${leaks.join('\n')}`);
}

noteErrors();
watchOutput();
afterEach(demandNoLeak, TIMEOUT_MS);
afterAll(demandNoLeak, TIMEOUT_MS);
