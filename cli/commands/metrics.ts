import { readMetricsFacts } from '../../lib/run/query/metrics/facts.ts';
import { expositionOf } from '../../lib/run/query/metrics/exposition.ts';
import { metricFamilies } from '../../lib/run/query/metrics/families.ts';
import type { Command } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { toJson } from '../text/printable.ts';

/** Prints the metrics of the ledger for Prometheus. */
export const metricsCommand: Command = {
  name: 'metrics',
  summary: 'print metrics for Prometheus',
  description: [
    'Prints the metrics of the policies, their runs, archives and calls in the text format of Prometheus, as',
    'GET /v1/metrics returns them. With --json, as a list of metrics with their series.',
  ].join(' '),
  examples: [
    {
      run: 'phonevault metrics',
      shows: 'phonevault_policy_last_success_timestamp_seconds{policy="nightly"} 1767292227.92',
    },
    { run: 'phonevault metrics > /var/lib/node_exporter/textfile/phonevault.prom' },
  ],
  async run({ json }, io) {
    const { deps } = await connect(io);
    const facts = await readMetricsFacts(deps, io.parts.version, io.clock.now());
    const families = metricFamilies(facts);
    io.out(json ? toJson(families) : expositionOf(families).trimEnd());
    return 0;
  },
};
