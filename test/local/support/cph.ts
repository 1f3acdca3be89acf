import { createCalls } from '../../../local/api/calls.ts';
import { createControl } from '../../../local/control/control.ts';
import { createWorld, type WorldOptions } from '../../../local/cph/world/create-world.ts';
import { createCph } from '../../../local/cph/service/service.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { createIam } from '../../../local/iam/service/service.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { mapBackend } from './backend.ts';
import { manualClock } from './clock.ts';

export const BUCKET = 'backups';
export const PROJECT = '0123456789abcdef0123456789abcdef';
export const ACCOUNT = {
  domain: { id: 'd0', name: 'demo' },
  project: { id: PROJECT, name: 'cn-north-4' },
  user: { userId: 'u0', userName: 'robot', domainId: 'd0', password: 'right-password' },
  agency: { userId: 'a0', userName: 'phonevault', domainId: 'd0' },
};

export type Reply = { status: number; body: Record<string, unknown>; headers: Headers };
export type JobEntry = {
  phone_id: string;
  job_id?: string;
  error_code?: string;
  status?: number;
  [name: string]: unknown;
};

/** So wide that a test reaches a limit only on purpose. */
const LIMITS = {
  storageInfosPerCall: 100,
  restoreInfosPerCall: 100,
  phonesPerCall: 100,
  writesPerMinute: 10_000,
  readsPerMinute: 10_000,
  exportsPerServer: 4,
};

/** CPH and IAM on a manual clock, and a caller with a valid token. */
export function cphFixture(options: Partial<WorldOptions> = {}) {
  const seed = options.seed ?? 7;
  const clock = manualClock();
  const time = createTime(clock);
  const faults = createFaultRegistry({ random: createRandom(seed, 'faults'), time });
  const calls = createCalls();
  const backend = mapBackend(BUCKET);
  const iam = createIam({ account: ACCOUNT, region: 'cn-north-4', seed, time, calls, faults });
  const world = createWorld({
    phones: 12,
    servers: 2,
    backend,
    ...options,
    seed,
    time,
    faults,
    projectId: PROJECT,
    domain: ACCOUNT.domain,
    user: { id: 'u0', name: 'robot' },
    limits: { ...LIMITS, ...options.limits },
    timings: { jobHidden: 0, ...options.timings },
  });
  const service = createCph({ world, gateway: iam.gateway, projectId: PROJECT, calls, time });
  const control = createControl({ world, time, counts: () => calls.counts(), messages: () => [] });
  const issue = (projectId: string | undefined = PROJECT) =>
    iam.tokens.issue({
      principal: ACCOUNT.agency,
      methods: ['assume_role'],
      projectId,
      domainScoped: false,
    }).token;
  let token = issue();

  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { 'x-auth-token': token },
  ): Promise<Reply> => {
    const response = await service(
      new Request(`https://cph.cn-north-4.myhuaweicloud.com${path}`, {
        method,
        headers,
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      headers: response.headers,
    };
  };
  const base = `/v1/${PROJECT}/cloud-phone`;

  return {
    clock,
    time,
    faults,
    calls,
    backend,
    iam,
    world,
    service,
    control,
    base,
    issue,
    send,
    useToken: (next: string) => {
      token = next;
    },
    phones: () => world.fleet.order,
    running: () => world.fleet.order.filter((phone) => phone.status === 2),
    /** Exports each phone to <phone_id>.tar. */
    export: (ids: string[], item: Record<string, unknown> = {}) =>
      send('POST', `${base}/phones/batch-storage`, {
        storage_infos: ids.map((phone_id) => ({
          phone_id,
          include_files: ['/data/data'],
          bucket_name: BUCKET,
          object_path: `${phone_id}.tar`,
          ...item,
        })),
      }),
    jobs: async (...requestIds: unknown[]): Promise<JobEntry[]> => {
      const response = await send(
        'GET',
        `${base}/jobs?request_ids=${requestIds.join(',')}&limit=100`,
      );
      return (response.body.jobs ?? []) as JobEntry[];
    },
    /** Moves the clock and runs what is due. */
    pass: async (ms: number) => {
      clock.move(ms);
      await world.timeline.advance();
    },
  };
}

export const entriesOf = (response: Reply): JobEntry[] => response.body.jobs as JobEntry[];
