import { createHash } from 'node:crypto';
import type { CallCounts } from '../api/calls.ts';
import { createPhones, deletePhone } from '../cph/world/lifecycle.ts';
import type { Phone } from '../cph/world/fleet.ts';
import { setStatus } from '../cph/world/power.ts';
import type { Limits } from '../cph/world/settings.ts';
import type { Trace } from '../cph/world/traces.ts';
import { filesOf, type World } from '../cph/world/world.ts';
import { createRandom } from '../simulation/random.ts';
import type { Fault } from '../faults/fault.ts';
import type { Time } from '../simulation/time.ts';
import { createDeliveries, type Delivery, type DeliverySettings } from './deliveries.ts';

export type PhoneView = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  status: number;
  image_version: string;
};

export type FileView = { path: string; size: number; sha256: string };

/** The /_local API as functions; each sees the cloud as of now. */
export type Control<Message = unknown> = {
  messages(): Promise<Message[]>;
  calls(): CallCounts;
  phones(): Promise<PhoneView[]>;
  /** New phones, or undefined when the server is unknown. */
  createPhones(count: number, serverId?: string): Promise<PhoneView[] | undefined>;
  /** False when there is no such phone; so too below, undefined. */
  deletePhone(id: string): Promise<boolean>;
  setStatus(id: string, status: number): Promise<boolean>;
  files(id: string): Promise<FileView[] | undefined>;
  traces(): Promise<Trace[]>;
  /** What the triggers of traces and topics have delivered, oldest first. */
  events(): Promise<Delivery[]>;
  /** How they deliver from now on. */
  setDelivery(settings: DeliverySettings): void;
  limits(): Limits;
  /** What fell due under the old speed happens first. */
  setSpeed(speed: number): Promise<void>;
  addFault(fault: Fault): void;
  clearFaults(): void;
};

export function createControl<Message>(options: {
  world: World;
  time: Time;
  counts: () => CallCounts;
  messages: () => Message[];
  listenToTopics?: (listener: (event: unknown) => void) => void;
  /** Told of every event that CTS brings to those who wait for it. */
  onDelivery?: (event: unknown, trace: Trace) => void;
}): Control<Message> {
  const { world, time, counts, onDelivery } = options;
  const { fleet, timeline, faults } = world;
  const deliveries = createDeliveries({
    timeline,
    random: createRandom(world.seed, 'deliveries'),
    onDelivery,
  });
  world.traces.listen(deliveries.take);
  options.listenToTopics?.(deliveries.takeMessage);
  const withPhone = async <T>(id: string, use: (phone: Phone) => T): Promise<T | undefined> => {
    await timeline.advance();
    const phone = fleet.phones.get(id);
    return phone === undefined ? undefined : use(phone);
  };
  return {
    async messages() {
      await timeline.advance();
      return options.messages();
    },
    calls: counts,
    async phones() {
      await timeline.advance();
      return fleet.order.map(describe);
    },
    async createPhones(count, serverId) {
      await timeline.advance();
      return createPhones(world, count, serverId)?.map(describe);
    },
    async deletePhone(id) {
      return (await withPhone(id, (phone) => (deletePhone(world, phone), true))) ?? false;
    },
    async setStatus(id, status) {
      return (await withPhone(id, (phone) => (setStatus(world, phone, status), true))) ?? false;
    },
    files: (id) => withPhone(id, (phone) => describeFiles(world, phone)),
    async traces() {
      await timeline.advance();
      return world.traces.list();
    },
    async events() {
      await timeline.advance();
      return deliveries.list();
    },
    setDelivery: deliveries.set,
    limits: () => ({ ...world.limits }),
    async setSpeed(speed) {
      await timeline.advance();
      time.setSpeed(speed);
    },
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
  };
}

function describe(phone: Phone): PhoneView {
  return {
    phone_id: phone.id,
    phone_name: phone.name,
    server_id: phone.serverId,
    status: phone.status,
    image_version: phone.imageVersion,
  };
}

function describeFiles(world: World, phone: Phone): FileView[] {
  return [...filesOf(world, phone)]
    .map(([path, data]) => ({
      path,
      size: data.byteLength,
      sha256: createHash('sha256').update(data).digest('hex'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
