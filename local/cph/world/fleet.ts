import { between, hexId, pick, type Random } from '../../simulation/random.ts';
import type { FleetSpec, PhoneSpec } from './default-fleet.ts';
import type { PhoneFiles } from '../archive/phone-files.ts';
import type { Timings } from './settings.ts';

export type Phone = {
  id: string;
  name: string;
  serverId: string;
  status: number;
  imageVersion: string;
  /** Real time, epoch ms, like all dates here. */
  createdAt: number;
  updatedAt: number;
  /** Increases with each reset, which deletes all files. */
  generation: number;
  dataBytes: number;
  /** The files after a restore; undefined means those generated from id and generation. */
  files: PhoneFiles | undefined;
  /** The uids of files that were restored or written, by path. */
  owners: Map<string, number>;
  /** The SELinux labels of paths that have another one than the system wants. */
  labels: Map<string, string>;
  /** When paths were last changed: see `stamp`. */
  changed: Map<string, number>;
  /** Files in memory, with the time of their last change. A restart deletes them. */
  inMemory: Map<string, number>;
  /** Apps that were force-stopped. They start again with the phone. */
  stopped: Set<string>;
};

export type Server = {
  id: string;
  name: string;
  tags: Map<string, string>;
  createdAt: number;
};

export type Fleet = {
  phones: Map<string, Phone>;
  /** Oldest first. */
  order: Phone[];
  servers: Map<string, Server>;
  addPhone(spec: PhoneSpec, serverId: string, createdAt: number): Phone;
  removePhone(phone: Phone): void;
  /** One more than the number of phones ever created. */
  nextNumber(): number;
};

export const PHONE = {
  creating: 1,
  running: 2,
  resetting: 3,
  restarting: 4,
  frozen: 6,
  stopping: 7,
  stopped: 8,
} as const;

const DAY = 86_400_000;
const SECOND = 1_000;

/** Returns the fleet of a spec, created server by server about 30 days before `now` (real time). */
export function createFleet(options: {
  spec: FleetSpec;
  random: Random;
  timings: Timings;
  now: number;
}): Fleet {
  const { spec, random, timings, now } = options;
  const phones = new Map<string, Phone>();
  const servers = new Map<string, Server>();
  const order: Phone[] = [];
  let created = 0;

  const addPhone = (from: PhoneSpec, serverId: string, createdAt: number): Phone => {
    const [min, max] = timings.dataBytes;
    const phone: Phone = {
      id: hexId(random),
      name: from.name,
      serverId,
      status: from.status ?? PHONE.running,
      imageVersion: from.imageVersion ?? pick(random, ['AOSP 9.0', 'AOSP 11.0']),
      createdAt,
      updatedAt: createdAt,
      generation: 1,
      dataBytes: between(random, min, max),
      files: undefined,
      owners: new Map(),
      labels: new Map(),
      changed: new Map(),
      inMemory: new Map(),
      stopped: new Set(),
    };
    created += 1;
    phones.set(phone.id, phone);
    order.push(phone);
    return phone;
  };

  const total = spec.servers.reduce((sum, server) => sum + server.phones.length, 0);
  let createdAt = Math.floor((now - 30 * DAY) / SECOND) * SECOND - total * SECOND;
  for (const from of spec.servers) {
    const id = hexId(random);
    servers.set(id, { id, name: from.name, tags: new Map(Object.entries(from.tags)), createdAt });
    for (const phone of from.phones) {
      addPhone(phone, id, createdAt);
      createdAt += SECOND;
    }
  }

  return {
    phones,
    order,
    servers,
    addPhone,
    removePhone(phone) {
      phones.delete(phone.id);
      const index = order.indexOf(phone);
      if (index !== -1) order.splice(index, 1);
    },
    nextNumber: () => created + 1,
  };
}
