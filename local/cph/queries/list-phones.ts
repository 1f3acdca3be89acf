import { createRandom, between, hexId } from '../../simulation/random.ts';
import { CphError } from '../protocol/errors.ts';
import type { Phone } from '../world/fleet.ts';
import { cphTime, isId } from '../protocol/format.ts';
import { findServer } from './list-servers.ts';
import { newestPage, pagingOf } from '../protocol/paging.ts';
import type { World } from '../world/world.ts';

/** GET phones, newest first (cph_api_0503). */
export function listPhones(world: World, query: URLSearchParams): Record<string, unknown> {
  const paging = pagingOf(query, 200, 100);
  const { count, page } = newestPage(world.fleet.order, filterOf(world, query), paging);
  return { count, phones: page.map((phone) => describePhone(world, phone)) };
}

/** GET phones/{id} (cph_api_0504). Throws CPS.0004 for a malformed id, CPS.0005 for an unknown one. */
export function showPhone(world: World, id: string): Record<string, unknown> {
  if (!isId(id)) throw new CphError('CPS.0004');
  const phone = world.fleet.phones.get(id);
  if (phone === undefined) throw new CphError('CPS.0005');
  const random = createRandom(world.seed, `detail/${id}`);
  const address = (net: string) => `${net}.${between(random, 1, 250)}.${between(random, 2, 250)}`;
  return {
    ...describePhone(world, phone),
    access_infos: [
      {
        type: 'adb',
        phone_ip: address('10.237'),
        server_ip: address('192.168'),
        public_ip: '',
        listen_port: 5555,
        access_port: between(random, 10_000, 60_000),
        phone_ipv6: '',
        server_ipv6: '',
      },
    ],
    property: JSON.stringify({ 'ro.serialno': hexId(random, 12), 'com.cph.mainkeys': 0 }),
    phone_data_volume: { volume_type: 'GPSSD', volume_size: 64 },
  };
}

function filterOf(world: World, query: URLSearchParams): ((phone: Phone) => boolean) | undefined {
  const name = query.get('phone_name');
  const serverId = query.get('server_id');
  if (world.switches.unknownServer === 'refused' && serverId !== null) findServer(world, serverId);
  const type = integer(query.get('type'), 'CPS.0002');
  const status = integer(query.get('status'), 'CPS.0010');
  if (name === null && serverId === null && type === undefined && status === undefined) {
    return undefined;
  }
  return (phone) =>
    (name === null || phone.name.includes(name)) &&
    (serverId === null || phone.serverId === serverId) &&
    (status === undefined || phone.status === status) &&
    (type === undefined || type === 0);
}

function integer(text: string | null, code: string): number | undefined {
  if (text === null) return undefined;
  if (!/^-?\d{1,3}$/.test(text)) throw new CphError(code);
  return Number(text);
}

function describePhone(world: World, phone: Phone): Record<string, unknown> {
  return {
    phone_name: phone.name,
    server_id: phone.serverId,
    phone_model_name: 'physical.rx1.xlarge.cp.c60.d46SU1',
    image_id: '8ab5f4b6a0334f1e9f7e1d7b6c5a4f30',
    image_version: phone.imageVersion,
    vnc_enable: 'true',
    phone_id: phone.id,
    status: phone.status,
    type: 0,
    imei: imeiOf(world, phone),
    traffic_type: 'direct',
    volume_mode: 0,
    availability_zone: 'az1',
    has_encrypt: false,
    metadata: { order_id: 'CS2601010000ABCDE', product_id: 'OFFI000000000000000000' },
    create_time: cphTime(phone.createdAt),
    update_time: cphTime(phone.updatedAt),
  };
}

function imeiOf(world: World, phone: Phone): string {
  const random = createRandom(world.seed, `imei/${phone.id}`);
  return `86${String(Math.floor(random() * 1e13)).padStart(13, '0')}`;
}
