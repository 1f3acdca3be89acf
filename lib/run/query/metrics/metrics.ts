import type { Store } from '../../../ledger/store/store.ts';
import { expositionOf } from './exposition.ts';
import { readMetricsFacts } from './facts.ts';
import { metricFamilies } from './families.ts';

/** Returns the metrics of a ledger at `now` (epoch ms) in the text format of Prometheus. Writes nothing. */
export async function metricsText(
  deps: { store: Store; ledger: { bucket: string; prefix: string } },
  version: string,
  now: number,
): Promise<string> {
  return expositionOf(metricFamilies(await readMetricsFacts(deps, version, now)));
}
