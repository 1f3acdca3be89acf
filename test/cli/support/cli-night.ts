import type { Io } from '../../../cli/io/io.ts';
import type { Send } from '../../../lib/cloud/request/send.ts';
import type { Cloud, CloudOptions } from '../../../local/cloud.ts';
import { rawRequest } from '../../../local/http/raw-request.ts';
import { night, type Night } from '../../../testing/night.ts';
import { type FakeIo, fakeIo } from './fake-io.ts';

const MINUTE = 60_000;

export type CliNight = FakeIo & {
  night: Night;
  /** What a command that waits lets happen: a drive each minute, unless a test says otherwise. */
  whileWaiting: () => Promise<unknown>;
  /** Gives the command new keys in place of those of the first 24 hours. */
  renew(): void;
  /** What lies in the ledger now, without the leases. */
  keys(): Promise<string[]>;
};

/** The command line in front of the embedded cloud, both under one clock: waiting takes no time. */
export async function cliNight(
  options: CloudOptions & { io?: Partial<Io>; env?: Record<string, string> } = {},
): Promise<CliNight> {
  const { io: changes, env, ...cloudOptions } = options;
  const world = await night({ phones: 6, servers: 2, seed: 11, ...cloudOptions });
  const { cloud, clock } = world;
  let droveAt = -Infinity;
  const fake = fakeIo({
    clock: {
      now: clock.now,
      async sleep(ms, signal) {
        await cli.whileWaiting();
        // Time moves at once, but whoever waits beside this one gets its turn.
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted !== true) await clock.sleep(ms);
      },
    },
    env: {
      PHONEVAULT_REGION: cloud.region,
      PHONEVAULT_PROJECT_ID: cloud.projectId,
      PHONEVAULT_BUCKET: cloud.bucket,
      PHONEVAULT_TOPIC_URN: cloud.topicUrn,
      ...keysIn(cloud.credentials),
      ...env,
    },
    send: sendInto(cloud),
    ...changes,
  });
  const cli: CliNight = {
    ...fake,
    night: world,
    async whileWaiting() {
      if (clock.now() - droveAt < MINUTE) return;
      droveAt = clock.now();
      await world.drive();
    },
    renew: () => void Object.assign(fake.io.env, keysIn(cloud.renewCredentials())),
    async keys() {
      const { store } = world.invocation().deps;
      const keys = (await store.list('')).map(({ key }) => key);
      return keys.filter((key) => !key.startsWith('state/lease/'));
    },
  };
  return cli;
}

function keysIn({ accessKey, secretKey, securityToken }: Cloud['credentials']) {
  return {
    HUAWEICLOUD_SDK_AK: accessKey,
    HUAWEICLOUD_SDK_SK: secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken,
  };
}

function sendInto(cloud: Cloud): Send {
  return async ({ url, method, headers, body }) => {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await cloud.handle(rawRequest(url, init));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
}

/** Makes OBS deny the command every GET whose URL holds `part`. */
export function denyGet({ io }: Pick<CliNight, 'io'>, part: string): void {
  const { send } = io;
  io.send = async (request) => {
    if (request.method !== 'GET' || !request.url.includes(part)) return send(request);
    const text = '<Error><Code>AccessDenied</Code><RequestId>00A1</RequestId></Error>';
    return { status: 403, headers: {}, body: new TextEncoder().encode(text) };
  };
}
