import { describe, expect, it } from 'vitest';
import type { CallCounts } from '../../../local/api/calls.ts';
import type { PhoneView } from '../../../local/control/control.ts';
import type { FileView } from '../../../local/control/phone-files.ts';
import { createControlService } from '../../../local/control/service.ts';
import type { Trace } from '../../../local/cph/world/traces.ts';
import { cphFixture } from '../support/cph.ts';

function fixture(options: Parameters<typeof cphFixture>[0] = {}) {
  const cloud = cphFixture(options);
  const service = createControlService(cloud.control);
  const send = async <T = { error: string }>(method: string, path: string, body?: unknown) => {
    const response = await service(
      new Request(`http://127.0.0.1:1${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, body: (await response.json()) as T };
  };
  return { cloud, send };
}

describe('/_local', () => {
  it('shows phones, their files and messages', async () => {
    const { cloud, send } = fixture();
    const [phone] = cloud.phones();
    const phones = await send<PhoneView[]>('GET', '/_local/phones');
    const files = await send<FileView[]>('GET', `/_local/phones/${phone!.id}/files`);
    expect(phones.body).toHaveLength(12);
    expect(phones.body[0]).toEqual({
      phone_id: phone!.id,
      phone_name: 'game-0001',
      server_id: phone!.serverId,
      status: 2,
      image_version: phone!.imageVersion,
    });
    expect(files.body[0]).toEqual({
      path: expect.stringMatching(/^\//) as string,
      size: expect.any(Number) as number,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect((await send('GET', '/_local/messages')).body).toEqual([]);
  });

  it('writes files of a phone and wipes below a path', async () => {
    const { cloud, send } = fixture();
    const id = cloud.phones()[0]!.id;
    const path = `/_local/phones/${id}/files`;
    const put = (body: object) => send<FileView>('PUT', path, body);
    const text = await put({ path: '/data/data/com.example.new/a', text: 'é', uid: 10_777 });
    expect(text).toMatchObject({
      status: 200,
      body: { path: '/data/data/com.example.new/a', size: 2 },
    });
    expect((await put({ path: '/data/datax', size: 3 })).body.size).toBe(3);
    expect((await put({ path: '/data/empty' })).body.size).toBe(0);
    const list = async () => (await send<FileView[]>('GET', path)).body.map((file) => file.path);
    expect(await list()).toContain('/data/data/com.example.new/a');

    expect((await send('DELETE', `${path}?path=/data/data`)).status).toBe(200);
    const left = await list();
    expect(left.filter((one) => one.startsWith('/data/data/'))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining(['/data/datax', '/data/empty']));
    await send('DELETE', `${path}?path=${encodeURIComponent('/')}`);
    expect(await list()).toEqual([]);
  });

  it.each([
    ['PUT', 'files', { path: 'data' }],
    ['PUT', 'files', { path: '/data/../etc' }],
    ['PUT', 'files', { path: '/data/' }],
    ['PUT', 'files', { path: '/data/a', text: '', size: 1 }],
    ['PUT', 'files', { path: '/data/a', uid: -1 }],
    ['DELETE', 'files', undefined],
    ['DELETE', 'files?path=data', undefined],
  ])('refuses %s %s of a phone with %j', async (method, path, body) => {
    const { cloud, send } = fixture();
    const { status } = await send(method, `/_local/phones/${cloud.phones()[0]!.id}/${path}`, body);
    expect(status).toBe(400);
    expect((await send(method, `/_local/phones/none/files?path=/a`, { path: '/a' })).status).toBe(
      404,
    );
  });

  it('changes hidden limits in mid-run', async () => {
    const { cloud, send } = fixture();
    const change = {
      writes_per_minute: 1,
      reads_per_minute: 2,
      phones_per_call: 3,
      exports_per_server: 4,
      exports_per_account: 5,
      window: 'fixed',
      hint: false,
    };
    expect((await send('POST', '/_local/limits', change)).body).toEqual({
      writesPerMinute: 1,
      readsPerMinute: 2,
      storageInfosPerCall: 3,
      restoreInfosPerCall: 3,
      phonesPerCall: 3,
      exportsPerServer: 4,
      exportsPerAccount: 5,
      window: 'fixed',
      hint: false,
    });
    expect((await send('POST', '/_local/limits', { reads_per_minute: 1 })).body).toMatchObject({
      readsPerMinute: 1,
      writesPerMinute: 1,
    });
    await cloud.send('GET', `${cloud.base}/phones`);
    const refused = await cloud.send('GET', `${cloud.base}/phones`);
    expect(refused.status).toBe(429);
    expect(JSON.stringify(refused.body)).not.toContain('limit:');
    for (const wrong of [{ writes_per_minute: 0 }, { window: 'none' }, { other: 1 }]) {
      expect((await send('POST', '/_local/limits', wrong)).status).toBe(400);
    }
  });

  it('shows every operation in the calls, from zero', async () => {
    const { send } = fixture();
    const { body } = await send<CallCounts>('GET', '/_local/calls');
    for (const [service, operations] of Object.entries({
      cph: [
        'batch-storage',
        'batch-restore',
        'list-jobs',
        'show-job',
        'list-phones',
        'show-phone',
        'list-servers',
        'tags',
      ],
      obs: [
        'PutObject',
        'GetObject',
        'HeadObject',
        'ListObjectsV2',
        'DeleteObject',
        'DeleteObjects',
      ],
      smn: ['publish'],
      functiongraph: ['createFunction'],
    })) {
      for (const operation of operations) {
        expect(body[service]?.[operation], operation).toEqual({ ok: 0, refused: 0 });
      }
    }
  });

  it('creates phones, first in status 1, with a trace for each', async () => {
    const { cloud, send } = fixture();
    const [server] = [...cloud.world.fleet.servers.keys()];
    const made = await send<PhoneView[]>('POST', '/_local/phones', { count: 2, server_id: server });
    const ids = made.body.map((phone) => phone.phone_id);
    expect(made.body).toMatchObject([
      { phone_name: 'game-0013', server_id: server, status: 1 },
      { phone_name: 'game-0014', server_id: server, status: 1 },
    ]);
    const traces = (await send<Trace[]>('GET', '/_local/traces')).body;
    expect(traces.map((trace) => trace.resource_id)).toEqual(ids);
    expect(traces[0]).toMatchObject({
      trace_name: 'createCloudPhone',
      service_type: 'CPH',
      resource_type: 'phone',
      time: cloud.clock.now(),
      user: { name: 'robot' },
    });
    await cloud.pass(60_000);
    expect(cloud.world.fleet.phones.get(ids[0]!)?.status).toBe(2);
  });

  it('names the order in the trace instead of the phone, by switch', async () => {
    const { cloud, send } = fixture({ switches: { traceResource: 'order' } });
    await send('POST', '/_local/phones', { count: 3 });
    const traces = await cloud.control.traces();
    expect(traces.map((trace) => trace.resource_id)).toEqual([
      expect.stringMatching(/^CS/) as string,
    ]);
  });

  it('deletes a phone and sets a status', async () => {
    const { cloud, send } = fixture();
    const [first, second] = cloud.phones();
    expect((await send('DELETE', `/_local/phones/${first!.id}`)).status).toBe(200);
    expect((await send('DELETE', `/_local/phones/${first!.id}`)).status).toBe(404);
    await send('POST', `/_local/phones/${second!.id}/status`, { status: -7 });
    expect(cloud.phones()).toHaveLength(11);
    expect(second!.status).toBe(-7);
  });

  it('adds faults and clears them', async () => {
    const { cloud, send } = fixture();
    await send('POST', '/_local/faults', {
      service: 'cph',
      operation: 'list-phones',
      kind: 'error',
      status: 503,
    });
    expect((await cloud.send('GET', `${cloud.base}/phones`)).status).toBe(503);
    await send('DELETE', '/_local/faults');
    expect((await cloud.send('GET', `${cloud.base}/phones`)).status).toBe(200);
  });

  it('runs what is due at the old speed before it changes the speed', async () => {
    const { cloud, send } = fixture();
    const phone = cloud.running()[0]!;
    phone.dataBytes = 0;
    const { body } = await cloud.export([phone.id]);
    cloud.clock.move(10_000);
    expect((await send('POST', '/_local/clock', { speed: 100 })).body).toEqual({ speed: 100 });
    expect((await cloud.jobs(body.request_id))[0]).toMatchObject({
      status: 2,
      end_time: '2026-01-02T02:30:05Z',
    });
    expect(cloud.time.speed()).toBe(100);
  });

  it.each([
    ['POST', '/_local/clock', { speed: 0 }, 400],
    ['POST', '/_local/clock', undefined, 400],
    ['POST', '/_local/phones', { count: 0 }, 400],
    ['POST', '/_local/phones', { count: 1, server_id: 'none' }, 404],
    ['POST', '/_local/faults', { service: 'cph', kind: 'flood' }, 400],
    ['POST', '/_local/faults', { service: 'cph', kind: 'error', rate: 2 }, 400],
    ['POST', '/_local/faults', { service: 'cph', kind: 'error', often: true }, 400],
    ['GET', '/_local/phones/none/files', undefined, 404],
    ['POST', '/_local/phones/none/status', { status: 2 }, 404],
    ['GET', '/_local/other', undefined, 404],
    ['PUT', '/_local/phones', undefined, 404],
  ])('refuses %s %s with %j: %i', async (method, path, body, status) => {
    const { send } = fixture();
    const response = await send(method, path, body);
    expect(response.status).toBe(status);
    expect(response.body.error).toBeTypeOf('string');
  });
});
