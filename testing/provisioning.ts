import { layout } from '../lib/ledger/store/layout.ts';
import { storeHints, type EventResult } from '../lib/run/first-backup/hints/store-hints.ts';
import { readEvent } from '../lib/runtime/events/read-event.ts';
import type { CloudOptions } from '../local/cloud.ts';
import type { Trace } from '../local/cph/world/traces.ts';
import { changePower } from '../local/cph/world/power.ts';
import { type Night, night } from './night.ts';

const MINUTE = 60_000;

/** A policy without a schedule. */
export const ON_PROVISIONED = `
name: newphones
select: { name: "*" }
export:
  include: [/data/data]
  bucket: phonevault-demo
  object_path: nightly/{date}
on_provisioned: true
`;

export type FirstBackupNight = Night & {
  /** Delivers an event to the work of handler `event`. */
  fire(event: unknown): Promise<EventResult>;
  /** Delivers all events since the last time, in parallel. */
  deliver(): Promise<void>;
  buy(count: number): Promise<Trace[]>;
  reset(phoneId: string): Promise<Trace>;
  /** Drives for so many minutes, once in `every` minutes. */
  minutes(count: number, every?: number): Promise<void>;
  /** Phones of the accepted exports, in order. */
  exported(): string[];
  /** Ids of the runs in the ledger. */
  runIds(): Promise<string[]>;
  inbox(): Promise<string[]>;
};

/** The embedded cloud with a policy for new phones. */
export async function firstBackupNight(
  options: CloudOptions & { policy?: string } = {},
): Promise<FirstBackupNight> {
  const world = await night({
    phones: 2,
    servers: 1,
    seed: 5,
    conditionalPut: 'honoured',
    ...options,
  });
  const { store, log } = world.invocation().deps;
  if (options.policy !== '') await world.putPolicy(options.policy ?? ON_PROVISIONED, 'newphones');
  const newTraces = async (make: () => unknown): Promise<Trace[]> => {
    const before = (await world.cloud.control.traces()).length;
    await make();
    return (await world.cloud.control.traces()).slice(before);
  };
  let delivered = 0;
  const fire = (event: unknown) => storeHints({ store, log }, readEvent(event));
  return {
    ...world,
    fire,
    deliver: async () => {
      const all = await world.cloud.control.events();
      const due = all.filter(({ number }) => number > delivered);
      delivered = all.at(-1)?.number ?? 0;
      await Promise.all(due.map(({ event }) => fire(event)));
    },
    buy: (count) => newTraces(() => world.cloud.control.createPhones(count)),
    reset: async (phoneId) => {
      const { world: model } = world.cloud;
      const phone = model.fleet.phones.get(phoneId);
      if (phone === undefined) throw new Error(`no phone ${phoneId}`);
      const [trace] = await newTraces(() => changePower(model, 'reset', phone, 'reset-1'));
      if (trace === undefined) throw new Error('no trace');
      return trace;
    },
    minutes: async (count, every = 1) => {
      for (let minute = 0; minute < count; minute += every) {
        const next = world.clock.now() + every * MINUTE;
        await world.drive();
        if (world.clock.now() < next) world.clock.move(next - world.clock.now());
      }
    },
    exported: () => world.exports.filter(({ accepted }) => accepted).map((one) => one.phone_id),
    runIds: async () => {
      const keys = (await store.list('runs/')).map(({ key }) => key.split('/')[1] ?? '');
      return [...new Set(keys)];
    },
    inbox: async () => (await store.list(layout.open)).map(({ key }) => key),
  };
}

/** Returns the same trace in every form in which it may arrive. */
export function eventFormsOf(trace: Trace): unknown[] {
  const text = {
    ...trace,
    request: JSON.stringify(trace.request),
    response: JSON.stringify(trace.response),
  };
  const cloudEvent = {
    specversion: '1.0',
    id: 'c0ffee',
    source: 'HC.CPH',
    type: 'CPH:CloudTrace:ConsoleAction',
    time: '2026-02-03T11:51:10Z',
    datacontenttype: 'application/json',
  };
  const message = { message_id: 'a51671f7', message: JSON.stringify({ cts: trace }) };
  return [
    { cts: trace },
    trace,
    { ...cloudEvent, data: text },
    { record: [{ smn: message }] },
    {
      request_context: { request_id: '1167bf8c', approximate_invoke_count: 2 },
      request_payload: JSON.stringify({ cts: trace }),
      response_context: { status_code: 500, function_error: 'unreachable' },
      response_payload: '',
    },
  ];
}
