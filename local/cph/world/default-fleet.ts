import { pick, shuffled, type Random } from '../../simulation/random.ts';

export type PhoneSpec = { name: string; status?: number; imageVersion?: string };

export type FleetSpec = {
  servers: { name: string; tags: Record<string, string>; phones: PhoneSpec[] }[];
};

const VERSIONS = ['AOSP 7.0', 'AOSP 9.0', 'AOSP 11.0'] as const;

// Shares of phones that do not run: stopped, frozen, resetting, abnormal.
const NOT_RUNNING: readonly (readonly [status: number, share: number])[] = [
  [8, 0.02],
  [6, 0.01],
  [3, 0.01],
  [-7, 0.01],
];
const SMALL_FLEET = 20;

/**
 * Returns a fleet of `phones` spread evenly over `servers`. Every third server is env=test, the others are env=prod. A few
 * percent of the phones do not run: at least one of each kind, but none in a fleet of less than 20.
 */
export function defaultFleet(options: {
  phones: number;
  servers: number;
  random: Random;
}): FleetSpec {
  const { phones, servers, random } = options;
  const statuses = new Map<number, number>();
  const order = phones < SMALL_FLEET ? [] : shuffled(random, [...Array(phones).keys()]);
  for (const [status, share] of NOT_RUNNING) {
    for (const index of order.splice(0, Math.max(1, Math.round(phones * share)))) {
      statuses.set(index, status);
    }
  }
  const fleet: FleetSpec = { servers: [] };
  for (let server = 0, index = 0; server < servers; server += 1) {
    const isTest = server % 3 === 2;
    const size = Math.floor(phones / servers) + (server < phones % servers ? 1 : 0);
    const list = Array.from({ length: size }, (): PhoneSpec => {
      const status = statuses.get(index);
      index += 1;
      return {
        name: `${isTest ? 'test' : 'game'}-${String(index).padStart(4, '0')}`,
        imageVersion: pick(random, VERSIONS),
        ...(status === undefined ? {} : { status }),
      };
    });
    fleet.servers.push({
      name: `server-${String(server + 1).padStart(3, '0')}`,
      tags: { env: isTest ? 'test' : 'prod', team: isTest ? 'quality' : 'games' },
      phones: list,
    });
  }
  return fleet;
}
