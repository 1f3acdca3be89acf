import * as z from 'zod';
import { EXPOSITION_TYPE } from '../../run/query/metrics/exposition.ts';
import { metricsText } from '../../run/query/metrics/metrics.ts';
import { VERSION } from '../../version.ts';
import { metricsExample } from '../openapi/examples.ts';
import { noQuery, route } from '../route.ts';

export const showMetrics = route({
  id: 'showMetrics',
  method: 'GET',
  path: '/v1/metrics',
  tag: 'Monitoring',
  scope: 'read',
  summary: 'Metrics of the policies, their runs, archives and calls, for Prometheus.',
  query: noQuery,
  responses: {
    200: {
      description: 'The text format of Prometheus, version 0.0.4.',
      type: EXPOSITION_TYPE,
      schema: z.string(),
      example: metricsExample,
    },
  },
  problems: [],
  handle: async ({ deps: { run } }) => ({
    status: 200,
    body: await metricsText(run, VERSION, run.clock.now()),
  }),
});
