import { CphError } from '../protocol/errors.ts';
import type { Server } from '../world/fleet.ts';
import { cphTime, wholeNumber, isId } from '../protocol/format.ts';
import { newestPage, pagingOf } from '../protocol/paging.ts';
import type { World } from '../world/world.ts';

const STATUS_NORMAL = 5;

/** GET servers, newest first; create_since and create_until are milliseconds (cph_api_0502). */
export function listServers(world: World, query: URLSearchParams): Record<string, unknown> {
  const paging = pagingOf(query, 100, 100);
  const name = query.get('server_name');
  const id = query.get('server_id');
  const model = query.get('phone_model_name');
  const network = query.get('network_version');
  const status = numberOf(query, 'status', 'CPS.0010');
  const since = numberOf(query, 'create_since', 'CPS.0002');
  const until = numberOf(query, 'create_until', 'CPS.0002');
  const { count, page } = newestPage(
    [...world.fleet.servers.values()],
    (server) =>
      (name === null || server.name.includes(name)) &&
      (id === null || server.id === id) &&
      (model === null || model === MODEL) &&
      (network === null || network === 'v2') &&
      (status === undefined || status === STATUS_NORMAL) &&
      (since === undefined || server.createdAt >= since) &&
      (until === undefined || server.createdAt <= until),
    paging,
  );
  return { count, servers: page.map(describeServer) };
}

/** GET servers/{id}. */
export function showServer(world: World, id: string): Record<string, unknown> {
  return {
    ...describeServer(findServer(world, id)),
    band_widths: [],
    volumes: [],
    share_volume_info: { volume_type: 'GPSSD', size: 0, version: 0 },
    security_groups: [],
  };
}

/** Returns a server. Throws CPS.0015 for a malformed id, CPS.0016 for an unknown one. */
export function findServer(world: World, id: string): Server {
  if (!isId(id)) throw new CphError('CPS.0015');
  const server = world.fleet.servers.get(id);
  if (server === undefined) throw new CphError('CPS.0016');
  return server;
}

const MODEL = 'physical.rx1.xlarge.cp.c60.d46SU1';

function numberOf(query: URLSearchParams, name: string, code: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value =
    name === 'status' ? wholeNumber(text) : /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (value === undefined) throw new CphError(code);
  return value;
}

function describeServer(server: Server): Record<string, unknown> {
  return {
    server_id: server.id,
    server_name: server.name,
    server_model_name: 'physical.rx1.xlarge',
    phone_model_name: MODEL,
    keypair_name: 'KeyPair-phones',
    status: STATUS_NORMAL,
    availability_zone: 'az1',
    vpc_id: '6f0e2f3cf5b4483f9c9a1b2a4a1f6f10',
    cidr: '192.168.0.0/16',
    vpc_cidr: '192.168.0.0/16',
    subnet_id: '5b8d1f6c2b0e4d5f8a7b9c1d2e3f4a50',
    subnet_cidr: '192.168.0.0/24',
    addresses: [{ server_ip: '192.168.0.10', public_ip: '' }],
    resource_project_id: '0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f',
    metadata: { order_id: 'CS2601010000ABCDE', product_id: 'OFFI000', charging_mode: 0 },
    network_version: 'v2',
    enterprise_project_id: '0',
    create_time: cphTime(server.createdAt),
    update_time: cphTime(server.createdAt),
  };
}
