import { between, hexId, pick } from '../../simulation/random.ts';
import { failJobs, setStatus } from './power.ts';
import { type Phone, PHONE } from './fleet.ts';
import type { Timings } from './settings.ts';
import type { World } from './world.ts';

const TRANSITIONS = new Map<number, { to: number; duration: keyof Timings }>([
  [0, { to: PHONE.running, duration: 'creating' }],
  [PHONE.creating, { to: PHONE.running, duration: 'creating' }],
  [PHONE.resetting, { to: PHONE.running, duration: 'resetting' }],
  [PHONE.restarting, { to: PHONE.running, duration: 'restarting' }],
  [PHONE.stopping, { to: PHONE.stopped, duration: 'stopping' }],
]);

/** Plans the next status of a phone that is in a passing state, in simulated time. */
export function scheduleStatusChange(world: World, phone: Phone): void {
  const { timeline, timings, random } = world;
  const { status } = phone;
  const transition = TRANSITIONS.get(status);
  if (transition === undefined) return;
  const range = timings[transition.duration] as readonly [number, number];
  timeline.at(timeline.now() + between(random, range[0], range[1]), () => {
    if (phone.status === status) setStatus(world, phone, transition.to);
  });
}

/**
 * Creates phones on a server (by default one that the seed picks), first in status 1, and records their createCloudPhone
 * traces. Returns undefined if the server is unknown.
 */
export function createPhones(world: World, count: number, serverId?: string): Phone[] | undefined {
  const { fleet, random, switches, timeline, traces } = world;
  const servers = [...fleet.servers.keys()];
  if (servers.length === 0) return undefined;
  const target = serverId ?? pick(random, servers);
  if (!fleet.servers.has(target)) return undefined;
  const now = timeline.realNow();
  const prefix = fleet.order.find((phone) => phone.serverId === target)?.name.split('-')[0];
  const phones = Array.from({ length: count }, () => {
    const name = `${prefix ?? 'game'}-${String(fleet.nextNumber()).padStart(4, '0')}`;
    const phone = fleet.addPhone({ name, status: PHONE.creating }, target, now);
    scheduleStatusChange(world, phone);
    return phone;
  });
  if (switches.traceResource === 'order') {
    traces.record('createCloudPhone', { id: `CS${hexId(random, 14)}`, name: '' }, now);
  } else {
    for (const phone of phones) traces.record('createCloudPhone', phone, now);
  }
  return phones;
}

/** Deletes a phone; its jobs fail with CPS.0005. */
export function deletePhone(world: World, phone: Phone): void {
  failJobs(world, phone, 'CPS.0005');
  world.fleet.removePhone(phone);
}
