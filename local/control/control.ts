import type * as z from 'zod';
import type { CallCounts } from '../api/calls.ts';
import { createPhones, deletePhone } from '../cph/world/lifecycle.ts';
import type { Phone } from '../cph/world/fleet.ts';
import { setStatus } from '../cph/world/power.ts';
import type { Limits } from '../cph/world/settings.ts';
import type { Trace } from '../cph/world/traces.ts';
import type { World } from '../cph/world/world.ts';
import { createRandom } from '../simulation/random.ts';
import type { Fault } from '../faults/fault.ts';
import type { Time } from '../simulation/time.ts';
import { changeLimits, type limitsInputSchema } from './limits.ts';
import { describeFiles, type fileSchema, type FileView, putFile, wipe } from './phone-files.ts';
import { changeClass, type classSchema } from './objects.ts';
import { createDeliveries, type Delivery, type DeliverySettings } from './deliveries.ts';

export type PhoneView = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  status: number;
  image_version: string;
};

/** The /_local API as functions. Each first runs the events that are due. */
export type Control<Message = unknown> = {
  messages(): Promise<Message[]>;
  calls(): CallCounts;
  phones(): Promise<PhoneView[]>;
  /** Creates phones; undefined if the server is unknown. */
  createPhones(count: number, serverId?: string): Promise<PhoneView[] | undefined>;
  /** Returns false, like those below (or undefined), if the phone is unknown. */
  deletePhone(id: string): Promise<boolean>;
  setStatus(id: string, status: number): Promise<boolean>;
  files(id: string): Promise<FileView[] | undefined>;
  putFile(id: string, file: z.infer<typeof fileSchema>): Promise<FileView | undefined>;
  /** Returns how many files were deleted. */
  wipe(id: string, path: string): Promise<number | undefined>;
  /** Moves an object to a storage class; false if it is unknown. */
  changeClass(change: z.infer<typeof classSchema>): Promise<boolean>;
  traces(): Promise<Trace[]>;
  /** Returns what the triggers of traces and topics have delivered, oldest first. */
  events(): Promise<Delivery[]>;
  /** Changes how they deliver from now on. */
  setDelivery(settings: DeliverySettings): void;
  /** Delivers the event that a topic's message becomes. */
  deliverMessage(event: unknown): void;
  limits(): Limits;
  changeLimits(input: z.infer<typeof limitsInputSchema>): void;
  /** Runs what is due at the old speed first. */
  setSpeed(speed: number): Promise<void>;
  addFault(fault: Fault): void;
  clearFaults(): void;
};

/** The control API of a cloud. */
export function createControl<Message>(options: {
  world: World;
  time: Time;
  counts: () => CallCounts;
  messages: () => Message[];
  /** Called with every event of a trace when it is delivered. */
  onDelivery?: (event: unknown, trace: Trace) => void;
}): Control<Message> {
  const { world, time, counts, onDelivery } = options;
  const { fleet, timeline, faults } = world;
  const deliveries = createDeliveries({
    timeline,
    random: createRandom(world.seed, 'deliveries'),
    onDelivery,
  });
  world.traces.listen(deliveries.deliverTrace);
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
    putFile: (id, file) => withPhone(id, (phone) => putFile(world, phone, file)),
    wipe: (id, path) => withPhone(id, (phone) => wipe(world, phone, path)),
    changeClass: (change) => changeClass(world.backend, change),
    async traces() {
      await timeline.advance();
      return world.traces.list();
    },
    async events() {
      await timeline.advance();
      return deliveries.list();
    },
    setDelivery: deliveries.set,
    deliverMessage: deliveries.deliverMessage,
    limits: () => ({ ...world.limits }),
    changeLimits: (input) => changeLimits(world.limits, input),
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
