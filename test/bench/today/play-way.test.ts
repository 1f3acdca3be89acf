import { expect, test } from 'vitest';
import { CELLS, type Cell } from '../../../bench/makespan/cells.ts';
import { createFaults } from '../../../bench/makespan/faults.ts';
import { createFleet } from '../../../bench/makespan/fleet.ts';
import { fixedBatch } from '../../../bench/today/fixed-batch.ts';
import { loop } from '../../../bench/today/loop.ts';
import { oneCall } from '../../../bench/today/one-call.ts';
import { playWay } from '../../../bench/today/play-way.ts';

const cell = CELLS[0] as Cell;
const fleet = createFleet(120, 1, 0.5);
const options = { seed: 1, latencyMs: 300 };
const ways = { loop, oneCall, fixedBatch };

test.each(Object.entries(ways))('%s saves every phone when nothing fails', async (_name, way) => {
  const course = await playWay(way, cell, fleet, options);
  expect(course.withoutBackup).toBe(0);
  // 5 phones a call, and a page of the list.
  expect(course.calls - course.refused).toBeGreaterThan(24);
});

test.each(Object.entries(ways))('%s saves all but the frozen phone with faults', async (_, way) => {
  const faults = createFaults(fleet, 1);
  const course = await playWay(way, cell, fleet, { ...options, faults });
  expect(course.withoutBackup).toBeGreaterThanOrEqual(1);
  expect(course.withoutBackup).toBeLessThan(6);
});

test('one call is split until CPH accepts it', async () => {
  const generous = { ...cell, limits: { ...cell.limits, writes: 600, phones_per_call: 30 } };
  const { refused } = await playWay(oneCall, generous, fleet, options);
  // 120 and 60 phones.
  expect(refused).toBe(2);
});

test('the loop keeps to 4 exports a server', async () => {
  const generous = { ...cell, limits: { ...cell.limits, writes: 600, per_server: 16 } };
  const bounded = await playWay(loop, generous, fleet, options);
  const unbounded = await playWay(oneCall, generous, fleet, options);
  expect(bounded.makespan).toBeGreaterThan(2 * unbounded.makespan);
});

test('the same night is played twice alike', async () => {
  const play = () => playWay(loop, cell, fleet, { ...options, faults: createFaults(fleet, 1) });
  expect(await play()).toEqual(await play());
});
