import { expect, test } from 'vitest';
import { CELLS, type Cell } from '../../../bench/makespan/cells.ts';
import type { Faults } from '../../../bench/makespan/faults.ts';
import { createFleet } from '../../../bench/makespan/fleet.ts';
import { virtualCph } from '../../../bench/makespan/virtual-cph.ts';

const { limits } = CELLS[0] as Cell;
const fleet = createFleet(3, 1, 0.5);
const [first = '', second = '', third = ''] = fleet.map(({ phone_id }) => phone_id);
const HOUR = 3_600_000;
const calm: Faults = {
  isThrottled: () => false,
  isLost: () => false,
  fails: () => false,
  isFrozen: () => false,
};

function setUp(faults: Partial<Faults> = {}) {
  const archives: string[] = [];
  const cph = virtualCph(fleet, limits, (key) => archives.push(key), { ...calm, ...faults });
  const call = (method: string, path: string, body?: object, now = 0) => {
    const url = `https://cph.virtual/v1/p/${path}`;
    const request = { method, url, headers: {}, timeoutMs: 1, body: JSON.stringify(body) };
    const answer = cph.answer(request, now);
    return {
      status: answer.status,
      ...(JSON.parse(new TextDecoder().decode(answer.body)) as { jobs?: unknown }),
    };
  };
  const submit = (ids: string[], now = 0) => {
    const storage_infos = ids.map((phone_id) => ({ phone_id, object_path: `${phone_id}.tar` }));
    return call('POST', 'batch-storage', { storage_infos }, now);
  };
  return { cph, archives, call, submit };
}

test('an export that fails leaves no archive', () => {
  const { cph, archives, call, submit } = setUp({ fails: (id, nth) => id === first && nth === 1 });
  submit([first, second]);
  cph.advance(HOUR);
  expect(archives).toEqual([`${second}.tar`]);
  expect([...cph.exported]).toEqual([second]);
  const { jobs } = call('GET', 'jobs?request_ids=r1&offset=0&limit=100', undefined, HOUR);
  expect(jobs).toMatchObject([
    { phone_id: first, status: -1, error_code: 'CPS.0103' },
    { phone_id: second, status: 2 },
  ]);
  submit([first], HOUR);
  cph.advance(2 * HOUR);
  expect(cph.exported.has(first)).toBe(true);
});

test('a phone has one export at a time, and a frozen one none', () => {
  const { submit } = setUp({ isFrozen: (id) => id === third });
  submit([first]);
  expect(submit([first, second, third]).jobs).toMatchObject([
    { phone_id: first, error_code: 'CPS.0042' },
    { phone_id: second, job_id: 'r2-1' },
    { phone_id: third, error_code: 'CPS.0053' },
  ]);
  expect(submit([first], HOUR).jobs).toMatchObject([{ phone_id: first, job_id: 'r3-0' }]);
});

test('a throttled call is not carried out', () => {
  const { cph, submit } = setUp({ isThrottled: () => true });
  expect(submit([first]).status).toBe(429);
  cph.advance(HOUR);
  expect(cph.exported.size).toBe(0);
});
