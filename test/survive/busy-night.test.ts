import { beforeAll, describe, expect, it } from 'vitest';
import { layout } from '../../lib/ledger/store/layout.ts';
import { readLimits } from '../../lib/ledger/state/limits.ts';
import { BROKEN } from '../../testing/busy-night/events.ts';
import { type PlayedNight, playNight } from '../../testing/busy-night/play-night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * The longest wait of a small run for its first call: the pause between two drives, the next LIST of the inbox, another run's
 * turn at reading the fleet, a minute whose calls are used up, a minute after a 429, and the end of the export that its phone
 * or server is busy with, until drive polls it.
 */
const FIRST_CALL_MS = (10 + 10 + 10 + 61 + 61 + 25 + 30) * SECOND;
/** After the last call: the export, the poll of its job, the LIST of its archive, the notification. */
const AFTER_CALLS_MS = 2 * MINUTE;

describe.each([11, 12])('a busy night (seed %i)', (seed) => {
  let played: PlayedNight;
  const events = () => {
    if (played.events === undefined) throw new Error('no events were planned');
    return played.events;
  };
  beforeAll(async () => {
    const limits = { writesPerMinute: 7, storageInfosPerCall: 6 };
    played = await playNight({ phones: 300, servers: 6, seed, busy: true, limits });
  });

  it('never exports a phone twice at once, although CPH accepts it', () => {
    expect(played.overlaps).toBe(0);
    const accepted = played.night.exports.filter(({ accepted: is }) => is);
    expect(accepted.length).toBeGreaterThan(350);
    expect(new Set(accepted.map(({ key }) => key)).size).toBe(accepted.length);
  });

  it('starts small runs while the large one is under way', async () => {
    const { large, courses, night } = played;
    const { phones_per_call, calls_per_minute } = await readLimits(night.invocation().deps.store);
    const aMinute = phones_per_call * calls_per_minute;
    const until = Date.parse(large.report.settled_at);
    const beside = courses.filter((course) => course !== large && course.requestedAt < until);
    expect(beside.length).toBeGreaterThan(5);
    for (const { runId, requestedAt, firstCallAt, report } of beside) {
      const { selected } = report.counts;
      if (report.outcome === 'cancelled') continue;
      expect((firstCallAt ?? Infinity) - requestedAt, runId).toBeLessThan(FIRST_CALL_MS);
      const took = Date.parse(report.settled_at) - requestedAt;
      const calls = Math.ceil(selected / aMinute) * MINUTE;
      expect(took, runId).toBeLessThan(FIRST_CALL_MS + calls + AFTER_CALLS_MS);
    }
  });

  it('completes the large run', () => {
    expect(played.large.report.outcome).toBe('completed');
    expect(played.large.report.counts).toMatchObject({ exported: 288, skipped: 12 });
  });

  it('makes one first backup of each phone and generation, under the one policy for new phones', () => {
    const expected = [...events().firstBackups].map(
      ([id, count]) => [`newphones ${id}`, count] as const,
    );
    expect(expected.length).toBeGreaterThan(12);
    expect(played.firstBackups).toEqual(new Map(expected));
    expect(events().withoutEvent).toHaveLength(3);
  });

  it('starts one run for each idempotency key', () => {
    const { runsByKey, statuses } = events();
    const runs = [...runsByKey.values()].flatMap((ids) => [...ids]);
    expect(runs).toHaveLength(runsByKey.size);
    expect(new Set(runs).size).toBe(runsByKey.size);
    expect(Object.keys(statuses).sort()).toEqual(['200', '202', '409']);
  });

  it('notifies of each unreadable request once, and keeps it', async () => {
    const { lines, cloud, invocation } = played.night;
    const notified = lines.filter(
      ({ event, kind }) => event === 'notified' && kind === 'unreadable',
    );
    expect(notified.map(({ run }) => run).sort()).toEqual([...BROKEN].sort());
    const notifications = (await cloud.control.messages()).filter(({ message_structure: text }) =>
      BROKEN.some((runId) => text?.includes(runId)),
    );
    expect(notifications).toHaveLength(2);
    const left = await invocation().deps.store.list(layout.open);
    expect(left.map(({ key }) => key).sort()).toEqual(BROKEN.map(layout.request).sort());
  });
});
