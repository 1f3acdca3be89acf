import type { Trace } from '../cph/world/traces.ts';
import { between, hexId, pick, type Random } from '../simulation/random.ts';
import type { Timeline } from '../simulation/timeline.ts';

/** How a trace reaches a function: as a CTS trigger's event, the same with JSON texts inside, or as EventGrid's event. */
export const deliveryForms = ['cts', 'cts_text', 'eventgrid'] as const;

export type DeliverySettings = {
  /** How many times each event is delivered. */
  copies: number;
  /** Minimum and maximum delay in simulated milliseconds, drawn for each copy; this also changes the order. */
  delayMs: readonly [number, number];
  forms: readonly (typeof deliveryForms)[number][];
  /** Also deliver the messages of topics. */
  topics?: boolean;
};

/** `number` counts from 1 in the order of delivery. */
export type Delivery = { number: number; event: unknown };

export type Deliveries = {
  deliverTrace(trace: Trace): void;
  /** Delivers the event that a topic's message becomes, if `topics` is set. */
  deliverMessage(event: unknown): void;
  set(settings: DeliverySettings): void;
  /** Returns the delivered events, oldest first; at most the last 10,000. */
  list(): Delivery[];
};

const MAX_KEPT = 10_000;

/** Delivers traces and messages as FunctionGraph's triggers do: at least once and, by setting, delayed and out of order. */
export function createDeliveries(options: {
  timeline: Timeline;
  random: Random;
  /** Called with each event of a trace when it is delivered. */
  onDelivery?: ((event: unknown, trace: Trace) => void) | undefined;
}): Deliveries {
  const { timeline, random, onDelivery } = options;
  let settings: DeliverySettings = { copies: 1, delayMs: [0, 0], forms: ['cts'], topics: false };
  const delivered: Delivery[] = [];
  let count = 0;
  const plan = (makeEvent: () => unknown, onDelivered?: (event: unknown) => void): void => {
    const { copies, delayMs } = settings;
    for (let copy = 0; copy < copies; copy += 1) {
      const event = makeEvent();
      timeline.at(timeline.now() + between(random, delayMs[0], delayMs[1]), () => {
        count += 1;
        delivered.push({ number: count, event });
        if (delivered.length > MAX_KEPT) delivered.shift();
        onDelivered?.(event);
      });
    }
  };
  return {
    deliverTrace: (trace) =>
      plan(
        () => eventOf(trace, pick(random, settings.forms), random),
        (event) => onDelivery?.(event, trace),
      ),
    deliverMessage(event) {
      if (settings.topics === true) plan(() => event);
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
        // EventGrid has its own ids; the trace's id is inside `data`.
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
