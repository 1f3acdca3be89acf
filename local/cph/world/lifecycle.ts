import { between, hexId, pick } from '../../simulation/random.ts';
import { breakJobs, setStatus } from './power.ts';
import { type Phone, PHONE } from './fleet.ts';
import type { Timings } from './settings.ts';
import type { World } from './world.ts';

const PASSING = new Map<number, { to: number; duration: keyof Timings }>([
  [0, { to: PHONE.running, duration: 'creating' }],
  [PHONE.creating, { to: PHONE.running, duration: 'creating' }],
  [PHONE.resetting, { to: PHONE.running, duration: 'resetting' }],
  [PHONE.restarting, { to: PHONE.running, duration: 'restarting' }],
  [PHONE.stopping, { to: PHONE.stopped, duration: 'stopping' }],
]);

/** Sees to it that a phone in a passing state leaves it in model time. */
export function letPass(world: World, phone: Phone): void {
  const { timeline, timings, random } = world;
  const through = phone.status;
  const passing = PASSING.get(through);
  if (passing === undefined) return;
  const range = timings[passing.duration] as readonly [number, number];
  timeline.at(timeline.now() + between(random, range[0], range[1]), () => {
    if (phone.status === through) setStatus(world, phone, passing.to);
  });
}

/**
 * New phones on a server (one the seed picks, when none is given), in status 1 at first, and their
 * createCloudPhone traces; undefined when there is no such server.
 */
export function createPhones(world: World, count: number, serverId?: string): Phone[] | undefined {
  const { fleet, random, switches, timeline, traces } = world;
  const servers = [...fleet.servers.keys()];
  if (servers.length === 0) return undefined;
  const target = serverId ?? pick(random, servers);
  if (!fleet.servers.has(target)) return undefined;
  const now = timeline.trueNow();
  const family = fleet.order.find((phone) => phone.serverId === target)?.name.split('-')[0];
  const phones = Array.from({ length: count }, () => {
    const name = `${family ?? 'game'}-${String(fleet.nextNumber()).padStart(4, '0')}`;
    const phone = fleet.addPhone({ name, status: PHONE.creating }, target, now);
    letPass(world, phone);
    return phone;
  });
  if (switches.traceResource === 'order') {
    traces.record('createCloudPhone', { id: `CS${hexId(random, 14)}`, name: '' }, now);
  } else {
    for (const phone of phones) traces.record('createCloudPhone', phone, now);
  }
  return phones;
}

/** Takes a phone away, and fails its jobs with CPS.0005. */
export function deletePhone(world: World, phone: Phone): void {
  breakJobs(world, phone, 'CPS.0005');
  world.fleet.removePhone(phone);
}
