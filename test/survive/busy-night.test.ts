import { beforeAll, describe, expect, it } from 'vitest';
import { layout } from '../../lib/ledger/store/layout.ts';
import { readLimits } from '../../lib/ledger/state/limits.ts';
import { BROKEN } from '../../testing/busy-events.ts';
import { type PlayedNight, playNight } from '../../testing/busy-night.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * The longest that a small run waits for its first call: the pause between two drives, the next look into the inbox, another
 * run's turn at reading the fleet, a minute whose calls are used up, one more after a 429, and the export that its phone or
 * its place on the server waits for, with the look that tells its end.
 */
const FIRST_CALL_MS = (10 + 10 + 10 + 61 + 61 + 25 + 30) * SECOND;
/** From the last call on: the export itself, the look that tells its end, the look for the archive, the message. */
const AFTER_CALLS_MS = 2 * MINUTE;

describe.each([11, 12])('a night with much going on (seed %i)', (seed) => {
  let played: PlayedNight;
  const doings = () => {
    if (played.doings === undefined) throw new Error('nothing was done');
    return played.doings;
  };
  beforeAll(async () => {
    const limits = { writesPerMinute: 7, storageInfosPerCall: 6 };
    played = await playNight({ phones: 300, servers: 6, seed, busy: true, limits });
  });

  it('exports no phone twice at a time, though CPH would', () => {
    expect(played.overlaps).toBe(0);
    const accepted = played.night.exports.filter(({ accepted: is }) => is);
    expect(accepted.length).toBeGreaterThan(350);
    expect(new Set(accepted.map(({ key }) => key)).size).toBe(accepted.length);
  });

  it('keeps no small run waiting for the large one', async () => {
    const { large, fates, night } = played;
    const { phones_per_call, calls_per_minute } = await readLimits(night.invocation().deps.store);
    const aMinute = phones_per_call * calls_per_minute;
    const until = Date.parse(large.report.settled_at);
    const beside = fates.filter((fate) => fate !== large && fate.requestedAt < until);
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

  it('finishes the large run', () => {
    expect(played.large.report.outcome).toBe('completed');
    expect(played.large.report.counts).toMatchObject({ exported: 288, skipped: 12 });
  });

  it('gives each phone and generation its first backup, from the one policy that does', () => {
    const owed = [...doings().owed].map(([id, count]) => [`newphones ${id}`, count] as const);
    expect(owed.length).toBeGreaterThan(12);
    expect(played.firsts).toEqual(new Map(owed));
    expect(doings().untold).toHaveLength(3);
  });

  it('makes one run of one key', () => {
    const { answered, statuses } = doings();
    const runs = [...answered.values()].flatMap((ids) => [...ids]);
    expect(runs).toHaveLength(answered.size);
    expect(new Set(runs).size).toBe(answered.size);
    expect(Object.keys(statuses).sort()).toEqual(['200', '202', '409']);
  });

  it('sets aside what it cannot read, once, and tells of it', async () => {
    const { lines, cloud, invocation } = played.night;
    const quarantined = lines.filter(({ event }) => event === 'quarantined').map(({ run }) => run);
    expect(quarantined.sort()).toEqual([...BROKEN].sort());
    const told = (await cloud.control.messages()).filter(({ message_structure: text }) =>
      BROKEN.some((runId) => text?.includes(runId)),
    );
    expect(told).toHaveLength(2);
    const left = await invocation().deps.store.list(layout.open);
    expect(left.map(({ key }) => key).sort()).toEqual(BROKEN.map(layout.request).sort());
  });
});
