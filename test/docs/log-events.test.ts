import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';
import { readPage, root } from './pages.ts';

type Row = { event: string; levels: string[]; fields: string[] };

/** The table of events: a word of code, levels, fields, what it says. */
const rows: Row[] = [
  ...readPage('docs/operations.md').text.matchAll(
    /^\| `([a-z_]+)` +\| ((?:info|warn|error)[a-z, ]*) \| ([^|]*)\|/gm,
  ),
].map(([, event = '', levels = '', fields = '']) => ({
  event,
  levels: levels.trim().split(', '),
  fields: [...fields.matchAll(/`([a-z_]+)`/g)].map(([, field = '']) => field),
}));

/** Every event that the code can write, with its level. */
const written = ['lib', 'handlers'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(root, folder, file), 'utf8').matchAll(
        /\b(?:log|createLog\([^;]*?\))\.(info|warn|error)\(\s*'([a-z_]+)'/g,
      ),
    ])
    .map(([, level = '', event = '']) => `${event} ${level}`),
);

it('has every event of the code with its level, and no other', () => {
  const told = rows.flatMap(({ event, levels }) => levels.map((level) => `${event} ${level}`));
  expect(written.length).toBeGreaterThan(50);
  expect([...new Set(told)].sort()).toEqual([...new Set(written)].sort());
  expect(new Set(rows.map(({ event }) => event)).size).toBe(rows.length);
});

it('has no line whose event is put together', () => {
  const calls = ['lib/run', 'lib/http', 'lib/runtime'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(join(root, folder, file), 'utf8').matchAll(
          /\blog\.(?:info|warn|error)\(\s*([^)\s,]+)/g,
        ),
      ])
      .map(([, first = '']) => first),
  );
  expect(calls.filter((first) => !/^'[a-z_]+'$/.test(first))).toEqual([]);
});

it('tells every field of the lines that a troubled night writes', async () => {
  const world = await night({ phones: 9, servers: 3, seed: 7 });
  const { control } = world.cloud;
  const [stopped, failing, refused, missing] = (await control.phones()).map(
    (phone) => phone.phone_id,
  );
  await control.setStatus(stopped ?? '', 8);
  const cph = { service: 'cph', operation: 'batch-storage' } as const;
  control.addFault({ ...cph, kind: 'job_failed', code: 'CPS.0107', phones: [failing ?? ''] });
  control.addFault({ ...cph, kind: 'item_error', code: 'CPS.9999', phones: [refused ?? ''] });
  control.addFault({ ...cph, kind: 'missing_object', phones: [missing ?? ''] });
  control.addFault({ ...cph, kind: 'error', status: 429, code: 'APIGW.0308', times: 1 });
  control.addFault({ ...cph, kind: 'drop_answer', times: 1 });
  control.addFault({ service: 'smn', operation: 'publish', kind: 'error', status: 500, times: 1 });
  await world.putPolicy(NIGHTLY);
  await world.putPolicy('name: [', 'broken');
  await world.tick();
  const { report } = await world.settle(await world.ask());

  const events = new Set(world.lines.map(({ event }) => event));
  for (const expected of [
    'requested',
    'planned',
    'window_opened',
    'exports_accepted',
    'export_refused',
    'export_retried',
    'answer_lost',
    'job_failed',
    'archive_absent',
    'archive_given_up',
    'archives_verified',
    'call_failed',
    'call_refused',
    'limits_fell',
    'lease_taken',
    'not_exported',
    'settled',
    'notify_failed',
    'notified',
    'policy_invalid',
  ]) {
    expect(events, expected).toContain(expected);
  }
  const every = ['time', 'level', 'event', 'request'];
  for (const { time, level, event, ...line } of world.lines) {
    const row = rows.find((other) => other.event === event);
    expect(time).toEqual(expect.any(String));
    expect(row?.levels, String(event)).toContain(level);
    const unknown = Object.keys(line).filter(
      (field) => ![...every, ...(row?.fields ?? [])].includes(field),
    );
    expect(unknown, String(event)).toEqual([]);
    if ('phone' in line) expect(line).toMatchObject({ run: report.run_id, policy: 'nightly' });
  }
  const left = world.lines.filter(({ event }) => event === 'not_exported');
  expect(left.map(({ phone }) => phone).sort()).toEqual(
    report.phones
      .filter(({ outcome }) => outcome !== 'exported')
      .map(({ phone_id }) => phone_id)
      .sort(),
  );
}, 60_000);
