import { layout } from '../../lib/ledger/store/layout.ts';
import { storeHints } from '../../lib/run/first-backup/hints/store-hints.ts';
import { readEvent } from '../../lib/runtime/events/read-event.ts';
import { changePower } from '../../local/cph/world/power.ts';
import { createRandom, shuffled } from '../../local/simulation/random.ts';
import type { Night } from '../night.ts';
import type { AgendaClock } from '../play-clock.ts';
import { type Callers, planCallers } from './callers.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const RUNNING = 2;

/** Runs with an unreadable request: one is cut JSON, one is of a newer version. */
export const BROKEN = ['nightly-20251231t183000z', 'ondemand-0000000000000000'];

/** What happens during a busy night, for comparison with its outcome. */
export type BusyEvents = Callers & {
  /** How many first backups each phone needs, by phone id. */
  firstBackups: Map<string, number>;
  /** Phones without an event. */
  withoutEvent: string[];
};

/**
 * Plans events from `start` (epoch ms) on. Phones are bought and reset, with traces that arrive three times, late, in any
 * order or never. Callers request runs under new and old keys, cancel and list them. Unreadable requests appear.
 */
export function planBusyEvents(
  night: Night,
  clock: AgendaClock,
  start: number,
  seed: number,
): BusyEvents {
  const random = createRandom(seed, 'busy');
  const events: BusyEvents = {
    firstBackups: new Map(),
    withoutEvent: [],
    statuses: {},
    runsByKey: new Map(),
    wakeUps: 0,
  };
  const { control, world } = night.cloud;
  const at = (minute: number, event: () => unknown): void =>
    clock.at(start + (minute + random() * 0.4) * MINUTE, event);
  const expectBackup = (phoneId: string): void =>
    void events.firstBackups.set(phoneId, (events.firstBackups.get(phoneId) ?? 0) + 1);

  control.setDelivery({
    copies: 3,
    delayMs: [0, 8 * MINUTE],
    forms: ['cts', 'cts_text', 'eventgrid'],
  });
  const fire = async (event: unknown): Promise<void> => {
    const { store, log } = night.invocation().deps;
    await storeHints({ store, log }, readEvent(event));
  };
  let delivered = 0;
  const deliver = async (): Promise<void> => {
    const fresh = (await control.events()).filter(({ number }) => number > delivered);
    delivered = fresh.at(-1)?.number ?? delivered;
    const listed = fresh.filter(
      ({ event }) => !events.withoutEvent.some((id) => namesPhone(event, id)),
    );
    await Promise.all(shuffled(random, listed).map(({ event }) => fire(event)));
  };
  for (let second = 15; second <= 50 * 60; second += 15) {
    clock.at(start + second * SECOND, deliver);
  }

  const buy = async (count: number): Promise<string[]> => {
    const bought = ((await control.createPhones(count)) ?? []).map(({ phone_id }) => phone_id);
    for (const id of bought) expectBackup(id);
    return bought;
  };
  const idle = (count: number): string[] => {
    const running = [...world.fleet.phones.values()].filter(({ status }) => status === RUNNING);
    const free = running.filter(({ id }) => !events.firstBackups.has(id));
    return shuffled(random, free)
      .slice(0, count)
      .map(({ id }) => id);
  };
  const reset = (id: string): void => {
    const phone = world.fleet.phones.get(id);
    if (phone === undefined) throw new Error(`no phone ${id}`);
    changePower(world, 'reset', phone, `reset-${id}`);
    expectBackup(id);
  };

  let firstBought: string[] = [];
  at(1, async () => (firstBought = await buy(4)));
  at(4, async () => events.withoutEvent.push(...(await buy(3))));
  at(6, () => buy(2));
  at(9, async () => {
    world.switches.traceResource = 'order';
    await buy(2);
    world.switches.traceResource = 'phone';
  });
  for (const minute of [2, 3, 8]) at(minute, () => idle(1).forEach(reset));
  at(11, async () => {
    const [phone] = idle(1);
    if (phone === undefined) return;
    expectBackup(phone);
    const message = { message_id: 'message-1', message: JSON.stringify({ phone_id: phone }) };
    await Promise.all([1, 2, 3].map(() => fire({ record: [{ smn: message }] })));
  });
  at(26, () => firstBought.slice(0, 1).forEach(reset));
  // Each event is delivered again, long after its backup.
  at(45, async () => {
    const again = (await control.events()).filter(
      ({ event }) => !events.withoutEvent.some((id) => namesPhone(event, id)),
    );
    await Promise.all(shuffled(random, again).map(({ event }) => fire(event)));
  });

  planCallers({ night, clock, at, random, idle }, events);
  at(2, async () => {
    const { store } = night.invocation().deps;
    await store.put(layout.request(BROKEN[0] ?? ''), '{"version":1,"run_id":');
    await store.put(layout.request(BROKEN[1] ?? ''), '{"version":99}');
  });
  return events;
}

function namesPhone(event: unknown, phoneId: string): boolean {
  return JSON.stringify(event).includes(phoneId);
}
