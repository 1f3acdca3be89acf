import { beforeAll, describe, expect, it } from 'vitest';
import { takeSamples } from '../../../scripts/docs/samples.ts';

describe('takeSamples', () => {
  let samples: Record<string, unknown>;
  beforeAll(async () => {
    samples = await takeSamples();
  });

  it('shows each kind of event and of outcome once', () => {
    const { events } = samples['log'] as { events: { type: string }[] };
    const { phones } = samples['report'] as { phones: { outcome: string }[] };
    const types = events.map(({ type }) => type);
    const outcomes = phones.map(({ outcome }) => outcome);
    expect(new Set(types).size).toBe(types.length);
    expect(types).toEqual(expect.arrayContaining(['intent', 'accepted', 'ended', 'verified']));
    expect(new Set(outcomes).size).toBe(outcomes.length);
    expect(outcomes).toEqual(expect.arrayContaining(['exported', 'failed', 'skipped']));
  });

  it('shows one run in all samples', () => {
    const { run_id } = samples['request'] as { run_id: string };
    for (const name of ['run', 'notification', 'indexed_run', 'orphaned']) {
      expect(samples[name], name).toMatchObject({ run_id });
    }
  });

  it('shows the archive of a job that outlived its run', () => {
    const { attempts } = samples['orphaned'] as { attempts: { phone_id: string }[] };
    const { phone_id } = samples['late_archive'] as { phone_id: string };
    expect(attempts.map((attempt) => attempt.phone_id)).toContain(phone_id);
  });
});
