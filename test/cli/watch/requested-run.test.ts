import { beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../cli/sign-in/connect.ts';
import { printEnd, printRequested, wake } from '../../../cli/watch/requested-run.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import type { Report } from '../../../lib/ledger/run/report.ts';
import { exportedPhone, putReport } from '../../support/reports.ts';
import { runScene } from '../../support/run-scene.ts';
import { fakeIo } from '../support/fake-io.ts';

const RUN = 'nightly-1';
const watched = { runId: RUN, driveCommand: 'phonevault run nightly --drive' };
const ended = { isOver: true, drive: false, json: false, phones: false };

function scene() {
  const { deps, store } = runScene();
  const { io, printed } = fakeIo();
  const text = (output: 'out' | 'err') => printed[output].join('\n');
  const session = { deps } as unknown as Session;
  const settle = (changes: Partial<Report> = {}) =>
    putReport(store, RUN, [exportedPhone('p1')], changes);
  const request = () => putRequest(store, { run_id: RUN, policy: 'nightly', trigger: 'manual' });
  return { io, text, session, settle, request };
}

let world: ReturnType<typeof scene>;
beforeEach(() => {
  world = scene();
});

describe('wake', () => {
  const woken = async (invokeAsync: () => Promise<unknown>, driveUrn: string | undefined) => {
    const said: string[] = [];
    const functiongraph = { invokeAsync };
    const session = { ...world.session, wake: { functiongraph, driveUrn } } as unknown as Session;
    await wake(session, () => void said.push('not woken'));
    return said;
  };
  const fails = () => Promise.reject(new Error('refused'));

  it('says something only when drive could not be woken', async () => {
    expect(await woken(fails, 'urn:drive')).toEqual(['not woken']);
    expect(await woken(async () => undefined, 'urn:drive')).toEqual([]);
    expect(await woken(fails, undefined)).toEqual([]);
  });
});

describe('printRequested', () => {
  it('prints how to show and cancel the run, or the run as JSON', async () => {
    const { io, session, text, request } = world;
    await request();
    expect(await printRequested(io, session, RUN, false)).toBe(0);
    expect(text('out')).toContain(`phonevault runs show ${RUN}`);
    expect(text('out')).toContain(`phonevault cancel ${RUN}`);
    world = scene();
    await world.request();
    expect(await printRequested(world.io, world.session, RUN, true)).toBe(0);
    expect(JSON.parse(world.text('out'))).toMatchObject({ run_id: RUN, policy: 'nightly' });
  });
});

describe('printEnd', () => {
  it.each<[Partial<Report>, number]>([
    [{ outcome: 'completed' }, 0],
    [{ outcome: 'skipped' }, 0],
    [{ outcome: 'skipped', kind: 'restore' }, 1],
    [{ outcome: 'partial' }, 1],
    [{ outcome: 'failed' }, 1],
    [{ outcome: 'cancelled' }, 1],
  ])('prints the outcome of %j and returns %i', async (changes, code) => {
    const { io, session, text, settle } = world;
    await settle(changes);
    expect(await printEnd(io, session, watched, ended)).toBe(code);
    expect(text('out')).toContain(changes.outcome);
    expect(text('err')).toBe('');
  });

  it.each([false, true])('prints the run as JSON, with its phones: %s', async (phones) => {
    const { io, session, text, settle } = world;
    await settle({ outcome: 'completed' });
    expect(await printEnd(io, session, watched, { ...ended, json: true, phones })).toBe(0);
    const printed = JSON.parse(text('out')) as { run_id: string; phones?: unknown[] };
    expect(printed.run_id).toBe(RUN);
    expect(printed.phones?.length).toBe(phones ? 1 : undefined);
  });

  it.each([
    [true, 'phonevault run nightly --drive'],
    [false, 'The run continues.'],
  ])('says how to go on with a run that is not over; driven here: %s', async (drive, advice) => {
    const { io, session, text, request } = world;
    await request();
    expect(await printEnd(io, session, watched, { ...ended, isOver: false, drive })).toBe(130);
    expect(text('err')).toContain(advice);
    expect(text('err')).toContain(`phonevault cancel ${RUN}`);
    expect(text('out')).toBe('');
  });
});
