import { expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';

it('a deleted server of a policy fails nothing, and is named in the report', async () => {
  const switches = { unknownServer: 'refused', unknownRequest: 'refuses_list' } as const;
  const world = await night({ phones: 20, servers: 2, seed: 3, switches });
  const servers = [...new Set((await world.cloud.control.phones()).map((p) => p.server_id))];
  const gone = 'f'.repeat(32);
  const select = `select: { servers: [${[gone, ...servers].join(', ')}] }`;
  await world.putPolicy(NIGHTLY.replace('select: { name: "*" }', select));
  const { report } = await world.settle(await world.requestRun());
  expect(report).toMatchObject({ outcome: 'completed', missing_servers: [gone] });
  expect(report.counts.exported).toBe(20 - report.counts.skipped);
});
