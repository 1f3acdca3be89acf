import type { ObjectInfo } from '../../lib/cloud/obs/list.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../lib/errors.ts';
import { initialLimits } from '../../lib/ledger/state/limits.ts';
import { compareKeys } from '../../lib/ledger/store/key-order.ts';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import { createWriter, type DriveDeps, type RunDeps } from '../../lib/run/deps.ts';
import type { TopicMessage } from '../../lib/run/notify/message/compose.ts';
import { createMeter } from '../../lib/run/meter.ts';
import { createReadBudget } from '../../lib/run/reads/read-budget.ts';
import { createReadings } from '../../lib/run/reads/readings.ts';
import { playClock } from '../../testing/play-clock.ts';
import { MINUTE, T0 } from './runs.ts';

/** A message as JSON subscribers get it. */
type Published = Record<string, unknown> & { kind: string };

/** All that runs need from outside, in memory: a ledger, an empty bucket of archives and a topic, with a record of their use. */
export function runScene(cph: Partial<RunDeps['cph']> = {}, clock = playClock(T0)) {
  const store = memoryStore(clock);
  const lines: [level: string, event: string, fields: object][] = [];
  const line =
    (level: string) =>
    (event: string, fields: object = {}) =>
      void lines.push([level, event, fields]);
  const sent: { urn: string; message: TopicMessage }[] = [];
  const published: Published[] = [];
  const objects = new Map<string, ObjectInfo>();
  const lookups: string[] = [];
  const topic = { fails: undefined as Error | undefined };
  const lookup = async <T>(what: string, result: () => T): Promise<T> => {
    lookups.push(what);
    return result();
  };
  const archives: RunDeps['archives'] = {
    head: (_, key) => lookup(`head ${key}`, () => objects.get(key)),
    list: (_, prefix, { startAfter = '', max } = {}) =>
      lookup(`list ${prefix}`, () => ({
        objects: [...objects.values()]
          .filter(({ key }) => key.startsWith(prefix ?? '') && compareKeys(key, startAfter) > 0)
          .sort((a, b) => compareKeys(a.key, b.key))
          .slice(0, max),
      })),
    tail: (_, key, bytes) =>
      lookup(`tail ${key}`, () =>
        new Uint8Array(bytes).fill(objects.get(key)?.etag === 'cut' ? 1 : 0),
      ),
    range: (_, key, { etag, start, length }) =>
      lookup(`range ${key} ${start}`, () => {
        const object = objects.get(key);
        if (object === undefined || (object.etag !== etag && object.etag !== 'cut')) {
          const facts = { service: 'obs', operation: 'GetObject', carriedOut: 'no' as const };
          const code = object === undefined ? 'not_found' : 'conflict';
          throw new ServiceError(code, 'refused', facts);
        }
        const bytes = new Uint8Array(length).fill(object.etag === 'cut' ? 1 : 0);
        return { bytes, encrypted: false };
      }),
    purge: async () => ({ refused: [], versioning: 'off' }),
    restoreObject: (_, key) => lookup(`thaw ${key}`, () => undefined),
  };
  const publish = async (urn: string, message: TopicMessage) => {
    if (topic.fails !== undefined) throw topic.fails;
    if (urn !== 'urn:backups') throw new Error(`no topic ${urn}`);
    sent.push({ urn, message });
    published.push(JSON.parse(message.message_structure.http ?? '') as Published);
    return { message_id: `m${sent.length}` };
  };
  const log = { info: line('info'), warn: line('warn'), error: line('error') };
  const deps: DriveDeps = {
    ...{ clock, store, archives, topicUrn: 'urn:backups', random: () => 0 },
    topic: { publish } as RunDeps['topic'],
    ...{ cph: cph as RunDeps['cph'], meter: createMeter(clock) },
    ledger: { bucket: 'ledger', prefix: 'vault/' },
    ...{ log, reads: createReadBudget({ clock, log }), readings: createReadings() },
    ...{ writer: createWriter('0000000001-a'), until: clock.now() + MINUTE },
    ...{
      stillHeld: async () => true,
      noteOrphans: async () => undefined,
      learned: { limits: initialLimits },
    },
    unreadable: { objects: new Map(), isLost: false, changed: false },
  };
  return {
    ...{ clock, store, deps, lines, sent, published, topic, lookups },
    /** The log lines of these events, or all of them. */
    logged: (...events: string[]) =>
      lines.filter(([, event]) => events.length === 0 || events.includes(event)),
    /** Puts an archive into the bucket; its `etag` "cut" stands for one that is not whole. */
    land: (key: string, size = 2_048, etag = 'etag') =>
      void objects.set(key, { key, size, etag, lastModified: T0 }),
  };
}

export type RunScene = ReturnType<typeof runScene>;

/** CPH's refusal of an export call. */
export function refusal(
  facts: {
    code?: ErrorCode;
    status?: number;
    serviceCode?: string;
    carriedOut?: 'no' | 'unknown';
  } = {},
): ServiceError {
  const { code = 'service', carriedOut = 'no', ...rest } = facts;
  const call = { service: 'cph', operation: 'batch-storage', carriedOut, ...rest };
  return new ServiceError(code, 'refused', call);
}

/** An error that stops one step only and is retried. */
export const temporaryError = (): PhonevaultError =>
  new PhonevaultError('unreachable', 'no response');
