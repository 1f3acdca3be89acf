import { describe, expect, it } from 'vitest';
import { createCloud } from '../../../local/cloud.ts';
import { createControlService } from '../../../local/control/service.ts';
import type { Delivery } from '../../../local/control/deliveries.ts';
import { cphFixture } from '../support/cph.ts';

function fixture() {
  const cloud = cphFixture();
  const service = createControlService(cloud.control);
  const post = (path: string, body: unknown) =>
    service(
      new Request(`http://127.0.0.1:1/_local/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      }),
    );
  const events = async (): Promise<Delivery[]> => {
    const response = await service(new Request('http://127.0.0.1:1/_local/events'));
    return (await response.json()) as Delivery[];
  };
  return { cloud, post, events };
}

const idOf = ({ event }: Delivery): string => {
  const { cts, data } = event as { cts?: { trace_id: string }; data?: { trace_id: string } };
  return (cts ?? data)?.trace_id ?? '';
};

describe('the delivery of traces', () => {
  it('delivers each trace once and at once by default, as a CTS trigger does', async () => {
    const { cloud, events } = fixture();
    await cloud.control.createPhones(2);
    const traces = await cloud.control.traces();
    expect(await events()).toEqual([
      { number: 1, event: { cts: traces[0] } },
      { number: 2, event: { cts: traces[1] } },
    ]);
  });

  it('delivers repeated, delayed, in any order and form, by setting', async () => {
    const { cloud, post, events } = fixture();
    const forms = ['cts', 'cts_text', 'eventgrid'];
    await post('events', { copies: 4, delay_ms: [1_000, 60_000], forms });
    await cloud.control.createPhones(5);
    expect(await events()).toEqual([]);
    await cloud.pass(30_000);
    const some = await events();
    await cloud.pass(31_000);
    const all = await events();
    const traces = (await cloud.control.traces()).map(({ trace_id }) => trace_id);

    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(20);
    expect(all.slice(0, some.length)).toEqual(some);
    for (const id of traces) expect(all.filter((one) => idOf(one) === id)).toHaveLength(4);
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(all.map(idOf)).not.toEqual(traces.flatMap((id) => [id, id, id, id]));
    expect(new Set(all.map(({ event }) => 'specversion' in (event as object))).size).toBe(2);
  });

  it('delivers the messages of topics to functions, by setting', async () => {
    const cloud = await createCloud({ phones: 1, servers: 1 });
    const publish = async (body: object) => {
      const { topicUrn, projectId, credentials } = cloud;
      const path = `/v2/${projectId}/notifications/topics/${topicUrn}/publish`;
      const request = new Request(`https://smn.${cloud.region}.myhuaweicloud.com${path}`, {
        method: 'POST',
        headers: { 'x-auth-token': credentials.token, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect((await cloud.handle(request)).status).toBe(200);
    };
    await publish({ subject: 'before', message: 'before the setting' });
    cloud.control.setDelivery({ copies: 2, delayMs: [0, 0], forms: ['cts'], topics: true });
    const structure = { default: 'for people', functiongraph: '{"kind":"settled"}' };
    await publish({ subject: 's', message_structure: JSON.stringify(structure) });
    await publish({ message: 'plain' });
    const received = (await cloud.control.events()).map(({ event }) => {
      const { record } = event as { record: { smn: Record<string, unknown> }[] };
      return record[0]?.smn;
    });
    const settled = { topic_urn: cloud.topicUrn, subject: 's', message: '{"kind":"settled"}' };
    expect(received).toMatchObject([settled, settled, { message: 'plain' }, { message: 'plain' }]);
    expect(received[0]?.['message_id']).toBe(received[1]?.['message_id']);
  });

  it.each([
    [{ copies: 0 }],
    [{ delay_ms: [5, 1] }],
    [{ forms: [] }],
    [{ forms: ['kafka'] }],
    [{ often: true }],
    [{ topics: 'yes' }],
  ])('refuses %j', async (settings) => {
    const { post } = fixture();
    expect((await post('events', settings)).status).toBe(400);
  });
});
