import { submissionOrder } from '../../lib/policy/selection/select.ts';
import { createRandom, hexId } from '../../local/simulation/random.ts';
import { PHONES_PER_SERVER } from './cells.ts';

const MEDIAN_MS = 60_000;

export type FleetPhone = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  /** How long its export takes, in ms. */
  ms: number;
};

/**
 * Returns phones in the order in which they were created, on servers of 60. Their exports take log-normal times with a median of
 * 60 seconds; `sigma` is the standard deviation of the logarithm.
 */
export function createFleet(phones: number, seed: number, sigma: number): FleetPhone[] {
  const random = createRandom(seed, 'bench/fleet');
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let server_id = '';
  return Array.from({ length: phones }, (_, index) => {
    if (index % PHONES_PER_SERVER === 0) server_id = hexId(random);
    return {
      phone_id: hexId(random),
      phone_name: `game-${String(index).padStart(6, '0')}`,
      server_id,
      ms: Math.round(MEDIAN_MS * Math.exp(sigma * normal())),
    };
  });
}

/** Returns the phones in the order in which they are exported. */
export function exportOrder(fleet: readonly FleetPhone[]): FleetPhone[] {
  return submissionOrder(fleet);
}
