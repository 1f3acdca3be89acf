import type { CloudOptions } from '../../../local/cloud.ts';
import { changePower } from '../../../local/cph/world/power.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { requestRun } from '../../../lib/run/request/request-run.ts';
import { schedule } from '../../../lib/run/schedule/schedule.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';
import type { Invocation, Script } from './play-script.ts';

const MINUTE = 60_000;

type Mode = NonNullable<CloudOptions['conditionalPut']>;

/** Keys without an outcome are watched for twice the export timeout. */
const SHORT_WATCH = `${NIGHTLY}export_timeout: 15m\n`;

const FLEET = {
  servers: [
    {
      name: 'server-001',
      tags: { env: 'prod' },
      phones: [
        { name: 'plain' },
        { name: 'stopped', status: 8 },
        { name: 'restarting' },
        { name: 'refused' },
      ],
    },
    {
      name: 'server-002',
      tags: { env: 'prod' },
      phones: [{ name: 'failing' }, { name: 'objectless' }],
    },
  ],
};

/** How the phones of `eventfulNight` end. */
export const EVENTFUL_END = {
  selected: 6,
  exported: 5,
  failed: 0,
  skipped: 1,
  timed_out: 0,
  cancelled: 0,
};

/**
 * A timer's run that meets many faults: a stopped phone, one that is restarting, a refused item, a failed job that leaves half
 * an archive, a success without an object, and an export call whose response is lost.
 */
export async function eventfulNight(conditionalPut: Mode): Promise<Script> {
  const world = await night({
    fleet: FLEET,
    seed: 5,
    conditionalPut,
    switches: { partialObjectRate: 1 },
    timings: TIMINGS,
  });
  const { control } = world.cloud;
  const ids = new Map((await control.phones()).map((phone) => [phone.phone_name, phone.phone_id]));
  const one = (name: string) => [ids.get(name) ?? ''];
  const fault = { service: 'cph', operation: 'batch-storage', times: 1 } as const;
  control.addFault({ ...fault, kind: 'item_error', code: 'CPS.0054', phones: one('refused') });
  control.addFault({ ...fault, kind: 'job_failed', code: 'CPS.0107', phones: one('failing') });
  control.addFault({ ...fault, kind: 'missing_object', phones: one('objectless') });
  const { fleet } = world.cloud.world;
  const restarting = fleet.phones.get(ids.get('restarting') ?? '');
  if (restarting !== undefined) changePower(world.cloud.world, 'restart', restarting, 'r-1');
  await world.putPolicy(SHORT_WATCH);

  // The second export call loses its response: the first has taught how long an export takes, so the watch is short.
  const { send } = world;
  let isFirst = true;
  const dropping: Night['send'] = async (request) => {
    const answer = await send(request);
    if (isFirst && request.url.endsWith('/batch-storage')) {
      isFirst = false;
      control.addFault({ ...fault, kind: 'drop_answer' });
    }
    return answer;
  };
  return { world: { ...world, send: dropping }, invocations: [tick(world, 0)] };
}

const TIMINGS = { exportBase: 4_000, dataBytes: [1_000, 2_000] } as const;

/**
 * A run that is requested over HTTP and cancelled two minutes later: the job of its first phone outlives it, its second phone, on
 * the same server, is never sent.
 */
export async function cancelledNight(conditionalPut: Mode): Promise<Script> {
  const timings = { exportBase: 8 * MINUTE, dataBytes: [1, 2] } as const;
  const world = await night({ phones: 2, servers: 1, seed: 5, conditionalPut, timings });
  const terms = 'export_timeout: 5m\nmax_in_flight_per_server: 1\n';
  await world.putPolicy(NIGHTLY + terms);
  let runId = '';
  const request: Invocation['start'] = async (send) => {
    const { deps } = world.invocation({}, send);
    const wanted = { policy: 'nightly', token: 'once', trigger: 'http' } as const;
    ({ runId } = await requestRun(deps, wanted));
  };
  const cancel: Invocation['start'] = (send) =>
    requestCancel(world.invocation({}, send).deps.store, runId);
  return {
    world,
    invocations: [
      { minute: 0, start: request },
      { minute: 2, start: cancel },
    ],
  };
}

/** A requested run of two phones, one of whose jobs fails once and leaves half an archive: one drive can finish it. */
export async function shortNight(conditionalPut: Mode): Promise<{ world: Night; runId: string }> {
  const world = await night({
    phones: 2,
    servers: 1,
    seed: 5,
    conditionalPut,
    switches: { partialObjectRate: 1 },
    timings: TIMINGS,
  });
  const { control } = world.cloud;
  const [first] = await control.phones();
  control.addFault({
    service: 'cph',
    operation: 'batch-storage',
    kind: 'job_failed',
    code: 'CPS.0107',
    phones: [first?.phone_id ?? ''],
    times: 1,
  });
  await world.putPolicy(SHORT_WATCH);
  return { world, runId: await world.requestRun() };
}

/** The timer that names the policy nightly. */
function tick(world: Night, minute: number): Invocation {
  const time = world.clock.now();
  return {
    minute,
    start: (send) => {
      const { deps, wake } = world.invocation({}, send);
      return schedule({ ...deps, wake }, { time, policy: 'nightly' }, {});
    },
  };
}
