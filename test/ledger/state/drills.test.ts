import { expect, it } from 'vitest';
import { type Drilled, readDrills, recordDrill } from '../../../lib/ledger/state/drills.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { T0 } from '../../support/runs.ts';

const drilled = (run_id: string, started_at: number, verdict: Drilled['verdict']): Drilled => ({
  ...{ run_id, started_at, settled_at: started_at + 1, verdict },
});

it('keeps the last drill, and the last one that passed, whatever the order of the records', async () => {
  const store = memoryStore(playClock(T0));
  expect(await readDrills(store, 'nightly')).toBeUndefined();
  const [one, two, three] = [
    drilled('a', T0, 'passed'),
    drilled('b', T0 + 5, 'failed'),
    drilled('c', T0 + 3, 'passed'),
  ];
  for (const each of [one, two, three, two]) await recordDrill(store, 'nightly', each);
  expect(await readDrills(store, 'nightly')).toEqual({ last: two, passed: one });
});
