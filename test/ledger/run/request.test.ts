import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import {
  createRequest,
  listOpen,
  putRequest,
  readRequest,
  type RunRequest,
} from '../../../lib/ledger/run/request.ts';
import { playClock } from '../../../testing/play-clock.ts';

const request: RunRequest = {
  run_id: 'nightly-20260102t023000z',
  policy: 'nightly',
  trigger: 'timer',
  slot: '20260102T023000Z',
};

const setUp = () => {
  const clock = playClock();
  return { clock, store: memoryStore(clock) };
};

describe('a request', () => {
  it('is the same object however often it is written', async () => {
    const { store } = setUp();
    await putRequest(store, request);
    const first = await store.get(layout.request(request.run_id));
    await putRequest(store, request);
    expect((await store.get(layout.request(request.run_id)))?.body).toBe(first?.body);
    expect(first?.body).toBe(JSON.stringify({ version: 1, ...request }));
    expect(await readRequest(store, request.run_id)).toEqual(request);
  });

  it('is not replaced by another request under its id', async () => {
    const { store } = setUp();
    expect(await createRequest(store, request)).toBe('created');
    const other = { ...request, trigger: 'http' as const };
    expect(await createRequest(store, other)).toBe('exists');
    expect(await readRequest(store, request.run_id)).toEqual(request);
  });

  it('is undefined when absent', async () => {
    expect(await readRequest(setUp().store, request.run_id)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['of a newer version', { version: 2 }, 'object_newer'],
    ['with an unknown field', { extra: 1 }, 'object_invalid'],
    ['of an invalid policy name', { policy: '../nightly' }, 'object_invalid'],
    ['of an unknown trigger', { trigger: 'moon' }, 'object_invalid'],
    ['with an invalid slot', { slot: 'tonight' }, 'object_invalid'],
    ['for no phones', { phones: [] }, 'object_invalid'],
    ['for an empty phone id', { phones: [''] }, 'object_invalid'],
    ['for too many phones', { phones: Array(1_001).fill('p') }, 'object_invalid'],
  ])('cannot be read %s', async (_, change, code) => {
    const { store } = setUp();
    await store.put(
      layout.request(request.run_id),
      JSON.stringify({ version: 1, ...request, ...change }),
    );
    await expect(readRequest(store, request.run_id)).rejects.toMatchObject({ code });
  });
});

describe('the inbox', () => {
  it('is empty at first', async () => {
    expect(await listOpen(setUp().store)).toEqual({
      requests: [],
      cancels: [],
      orphaned: [],
      hints: [],
      prunes: [],
    });
  });

  it('lists requests with their times, cancels, orphaned jobs and hints, and ignores other objects', async () => {
    const { clock, store } = setUp();
    const first = clock.now();
    await putRequest(store, request);
    clock.move(5);
    await putRequest(store, { ...request, run_id: 'other-1' });
    await store.put(layout.cancel('nightly-1'), '{}');
    await store.put(layout.orphanedJobs('nightly-2'), '{}');
    await store.put(layout.hint('trace-1'), '{}');
    await store.put(layout.pruneRequest('nightly'), '{}');
    await store.put(layout.pruneIntent('nightly'), '{}');
    await store.put('open/readme.txt', 'hello');
    await store.put('open/unknown/nightly-3.json', '{}');
    expect(await listOpen(store)).toEqual({
      requests: [
        { runId: 'nightly-20260102t023000z', requestedAt: first },
        { runId: 'other-1', requestedAt: first + 5 },
      ],
      cancels: ['nightly-1'],
      orphaned: ['nightly-2'],
      hints: ['trace-1'],
      prunes: [{ policy: 'nightly', requestedAt: first + 5 }],
    });
  });
});

it('rejects the request of another run', async () => {
  const store = memoryStore(playClock());
  const text = JSON.stringify({ version: 1, ...request, run_id: 'weekly-20260102t023000z' });
  await store.put(layout.request(request.run_id), text);
  await expect(readRequest(store, request.run_id)).rejects.toMatchObject({
    code: 'object_invalid',
  });
});
