import type { Timeline } from '../simulation/timeline.ts';
import type { Trace } from '../cph/world/traces.ts';
import { between, hexId, pick, type Random } from '../simulation/random.ts';

/** How traces reach a function: as a CTS trigger's event, the same with texts in it, or as EventGrid's. */
export const deliveryForms = ['cts', 'cts_text', 'eventgrid'] as const;

export type DeliverySettings = {
  /** How often each event comes. */
  copies: number;
  /** Model milliseconds from the call to each of its events, drawn for each: more than none puts them out of order. */
  late: readonly [number, number];
  forms: readonly (typeof deliveryForms)[number][];
  /** Whether a function listens on the topics too. */
  topics?: boolean;
};

/** `number` counts up from 1 in the order of delivery. */
export type Delivery = { number: number; event: unknown };

export type Deliveries = {
  take(trace: Trace): void;
  /** The event that a topic's message is to a function. */
  takeMessage(event: unknown): void;
  set(settings: DeliverySettings): void;
  /** What has been delivered, oldest first; the last 10,000 are kept. */
  list(): Delivery[];
};

const KEPT = 10_000;

/** Delivers traces and messages as FunctionGraph's triggers do: at least once, late and in any order, if it is told to. */
export function createDeliveries(options: {
  timeline: Timeline;
  random: Random;
  /** Told of each event of a trace as it comes. */
  onDelivery?: ((event: unknown, trace: Trace) => void) | undefined;
}): Deliveries {
  const { timeline, random, onDelivery } = options;
  let settings: DeliverySettings = { copies: 1, late: [0, 0], forms: ['cts'], topics: false };
  const delivered: Delivery[] = [];
  let count = 0;
  const bring = (make: () => unknown, then?: (event: unknown) => void): void => {
    const { copies, late } = settings;
    for (let copy = 0; copy < copies; copy += 1) {
      const event = make();
      timeline.at(timeline.now() + between(random, late[0], late[1]), () => {
        count += 1;
        delivered.push({ number: count, event });
        if (delivered.length > KEPT) delivered.shift();
        then?.(event);
      });
    }
  };
  return {
    take: (trace) =>
      bring(
        () => eventOf(trace, pick(random, settings.forms), random),
        (event) => onDelivery?.(event, trace),
      ),
    takeMessage(event) {
      if (settings.topics === true) bring(() => event);
    },
    set(next) {
      settings = next;
    },
    list: () => [...delivered],
  };
}

function eventOf(
  trace: Trace,
  form: (typeof deliveryForms)[number],
  random: Random,
): Record<string, unknown> {
  switch (form) {
    case 'cts':
      return { cts: trace };
    case 'cts_text':
      return {
        cts: {
          ...trace,
          request: JSON.stringify(trace.request),
          response: JSON.stringify(trace.response),
        },
      };
    case 'eventgrid':
      return {
        specversion: '1.0',
        // EventGrid has ids of its own: the trace's is inside.
        id: hexId(random),
        source: 'HC.CPH',
        type: `CPH:CloudTrace:${String(trace.trace_type)}`,
        subject: `CPH:${String(trace.project_id)}:CPH:source`,
        time: new Date(Number(trace.time)).toISOString(),
        datacontenttype: 'application/json',
        data: trace,
      };
  }
}
