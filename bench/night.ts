import { parseArgs } from 'node:util';
import { night, NIGHTLY } from '../testing/night.ts';

/** Plays whole nights in virtual time and prints how long each took, next to the minimum that the cloud's limits allow. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      phones: { type: 'string', default: '60,300,1000,5000' },
      seed: { type: 'string', default: '11' },
    },
  });
  console.log('phones  exported  calls (min)  refused  virtual min (min)  seconds');
  for (const phones of values.phones.split(',').map(Number)) {
    const servers = Math.max(3, Math.round(phones / 50));
    const world = await night({ phones, servers, seed: Number(values.seed) });
    await world.putPolicy(NIGHTLY.replace('deadline: 2h', 'deadline: 12h'));
    const began = performance.now();
    const start = world.clock.now();
    const { report } = await world.settle(await world.requestRun(), 12 * 60);
    const seconds = (performance.now() - began) / 1000;
    const minutes = (world.clock.now() - start) / 60_000;
    const { storageInfosPerCall: size, writesPerMinute: rate } = world.cloud.control.limits();
    const { ok = 0, refused = 0 } = world.cloud.control.calls().cph?.['batch-storage'] ?? {};
    const least = Math.ceil(report.counts.exported / size);
    const row = [
      String(phones).padStart(6),
      String(report.counts.exported).padStart(9),
      `${ok} (${least})`.padStart(12),
      String(refused).padStart(8),
      `${minutes.toFixed(1)} (${(least / rate).toFixed(1)})`.padStart(18),
      seconds.toFixed(2).padStart(8),
    ];
    console.log(row.join(' '));
  }
}

await main();
