import { describe, expect, it } from 'vitest';
import { appendLog, readLog } from '../../../lib/ledger/run/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { assertSoleWriter } from '../../../lib/run/state/sole-writer.ts';
import { createWriter, record } from '../../../lib/run/state/open-run.ts';
import { LeaseLost } from '../../../lib/run/state/stops-drive.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet };
const trouble = { type: 'step_failed' as const, at: T0, code: 'service', message: 'it failed' };

function scene() {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const run = openRun('nightly-1', [plannedPhone('p')]);
  return { deps: { clock, store, log }, store, run, writer: createWriter('1-a') };
}

describe('declareAlone', () => {
  it('writes down what is pending, and is content with its own entries', async () => {
    const { deps, store, run, writer } = scene();
    record(run, [trouble]);
    await assertSoleWriter(deps, run, writer);
    run.mark.clear();
    await assertSoleWriter(deps, run, writer);
    expect(await readLog(store, 'nightly-1')).toEqual([trouble]);
    expect(run.pending).toEqual([]);
  });

  it('is content with entries that it has read already', async () => {
    const { deps, store, run, writer } = scene();
    run.mark.add(await appendLog(store, 'nightly-1', '2-b', 1, [trouble]));
    await expect(assertSoleWriter(deps, run, writer)).resolves.toBeUndefined();
  });

  it('stops the drive at the entry of another, once it has written its own', async () => {
    const { deps, store, run, writer } = scene();
    await appendLog(store, 'nightly-1', '2-b', 1, [{ type: 'cancel_seen', at: T0 }]);
    record(run, [trouble]);
    const declared = assertSoleWriter(deps, run, writer);
    await expect(declared).rejects.toThrow(new LeaseLost('another drive writes to run nightly-1'));
    await expect(declared).rejects.toBeInstanceOf(LeaseLost);
    expect(await readLog(store, 'nightly-1')).toContainEqual(trouble);
  });

  it('knows from then on what the other has written', async () => {
    const { deps, store, run, writer } = scene();
    await appendLog(store, 'nightly-1', '2-b', 1, [{ type: 'cancel_seen', at: T0 }]);
    await expect(assertSoleWriter(deps, run, writer)).rejects.toThrow(LeaseLost);
    expect(run.state.cancelledAt).toBe(T0);
    await expect(assertSoleWriter(deps, run, writer)).resolves.toBeUndefined();
  });

  it('does not look when what is pending cannot be written', async () => {
    const { deps, store, run, writer } = scene();
    await appendLog(store, 'nightly-1', '2-b', 1, [{ type: 'cancel_seen', at: T0 }]);
    record(run, [trouble]);
    const put = () => Promise.reject(new Error('unreachable'));
    const failing = { ...deps, store: { ...store, put } };
    await expect(assertSoleWriter(failing, run, writer)).rejects.toThrow('unreachable');
    expect(run.pending).toEqual([trouble]);
    expect(run.state.cancelledAt).toBeUndefined();
  });
});
