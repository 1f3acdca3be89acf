import { parseArgs } from 'node:util';
import { isMeasurable, measureNight, type NightRow } from './memory/measure-night.ts';
import { recordMemory } from './results.ts';

/**
 * Plays nights with the built `schedule` and `drive` as processes of their own, in front of the embedded cloud on loopback, and
 * prints what the processes took, as the kernel counts it: peak memory, processor seconds, calls, and GB-seconds at the memory
 * that is deployed. Records them in `bench/results.json`.
 */
async function main(): Promise<void> {
  if (!isMeasurable()) throw new Error('reads /proc: run it on Linux');
  const { values } = parseArgs({
    options: { phones: { type: 'string', default: '1000,10000' }, speed: { type: 'string' } },
  });
  const rows: NightRow[] = [];
  console.log(
    ' phones  exported  minutes  drive MB  schedule MB  CPU s  CPH calls  a phone  OBS calls  a phone  failed     GB-s  idle ms  idle calls',
  );
  for (const phones of values.phones.split(',').map(Number)) {
    const row = await measureNight(
      phones,
      values.speed === undefined ? {} : { speed: Number(values.speed) },
    );
    rows.push(row);
    const cells = [
      String(row.phones).padStart(7),
      String(row.exported).padStart(9),
      row.minutes.toFixed(1).padStart(8),
      row.rss_mb.toFixed(0).padStart(9),
      row.schedule_rss_mb.toFixed(0).padStart(12),
      row.cpu_s.toFixed(1).padStart(6),
      String(row.cph_calls).padStart(10),
      (row.cph_calls / phones).toFixed(2).padStart(8),
      String(row.obs_calls).padStart(10),
      (row.obs_calls / phones).toFixed(2).padStart(8),
      String(row.failed_drives).padStart(7),
      row.gb_s.toFixed(0).padStart(7),
      row.idle_ms.toFixed(0).padStart(8),
      String(row.idle_calls).padStart(11),
    ];
    console.log(cells.join(' '));
  }
  await recordMemory(rows.map(rounded));
}

const rounded = (row: NightRow): NightRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Math.round(value * 10) / 10]),
  ) as NightRow;

// The AWS SDK warns on Node 20 about its requirements of 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await main();
