import { describe, expect, it } from 'vitest';
import { cphFixture, PROJECT, type JobEntry } from '../../support/cph.ts';

const PATH = `/v1/${PROJECT}/cloud-phone/phones`;

function fixture(options: Parameters<typeof cphFixture>[0] = {}) {
  const cloud = cphFixture(options);
  const ids = cloud.running().map(({ id }) => id);
  const send = (kind: 'commands' | 'sync-commands', body: object) =>
    cloud.send('POST', `${PATH}/${kind}`, { command: 'shell', content: 'id', ...body });
  return { ...cloud, ids, send };
}

const jobsOf = ({ body }: { body: Record<string, unknown> }) => body['jobs'] as JobEntry[];

describe('commands', () => {
  it('run as jobs, whose output is theirs', async () => {
    const { ids, send, jobs, pass } = fixture();
    const { body } = await send('commands', { phone_ids: ids.slice(0, 2) });
    await pass(60_000);
    const listed = await jobs(body['request_id']);
    expect(listed).toHaveLength(2);
    for (const job of listed) {
      expect(job).toMatchObject({ status: 2, execute_msg: 'uid=0(root)\n', error_code: null });
    }
  });

  it('run on all phones of a server, and fail with what they printed', async () => {
    const { phones, running, send, jobs, pass } = fixture();
    const { serverId } = running()[0]!;
    const { body } = await send('commands', { content: 'ls /none', server_ids: [serverId] });
    await pass(60_000);
    const listed = await jobs(body['request_id']);
    expect(listed).toHaveLength(phones().filter((one) => one.serverId === serverId).length);
    expect(listed[0]).toMatchObject({ status: -1, error_code: 'CPS.0191' });
    expect(listed[0]?.['execute_msg']).toContain('No such file');
  });

  it.each([
    ['another command', { command: 'reboot' }, 'CPS.0117'],
    ['a pipe', { content: 'ls | wc' }, 'CPS.0118'],
    ['quotes', { content: "ls 'a'" }, 'CPS.0118'],
    ['a command of more than 1,024 bytes', { content: 'a'.repeat(1_025) }, 'CPS.0118'],
    ['no phones', { server_ids: ['nobody'] }, 'CPS.0009'],
  ])('are refused with %s', async (_what, body, code) => {
    const { ids, send } = fixture();
    const phones = 'server_ids' in body ? {} : { phone_ids: ids.slice(0, 1) };
    expect((await send('commands', { ...phones, ...body })).body).toMatchObject({
      error_code: code,
    });
  });

  it('are refused for phones that do not run', async () => {
    const { ids, send, running } = fixture();
    running()[0]!.status = 8;
    const answer = await send('commands', { phone_ids: ids.slice(0, 1) });
    expect(jobsOf(answer)).toMatchObject([{ phone_id: ids[0], error_code: 'CPS.0141' }]);
  });
});

describe('sync-commands', () => {
  it('answer with what was printed, at most 1,024 bytes', async () => {
    const { ids, send, world, running } = fixture();
    running()[0]!.files = new Map(
      Array.from({ length: 90 }, (_, n) => [`/data/local/tmp/file-${n}`, new Uint8Array()]),
    );
    const answer = await send('sync-commands', {
      ...{ content: 'find /data -type f', phone_ids: ids.slice(0, 1) },
    });
    expect(jobsOf(answer)).toMatchObject([{ phone_id: ids[0], status: 2 }]);
    expect(String(jobsOf(answer)[0]?.['execute_msg'])).toHaveLength(1_024);
    expect(world.jobs.byId.size).toBe(0);
  });

  it('take 15 phones and six calls a minute, as published', async () => {
    const { ids, send } = fixture({ phones: 24 });
    const many = await send('sync-commands', { phone_ids: ids.slice(0, 16) });
    expect(many.body).toMatchObject({ error_code: 'CPS.0190' });
    for (let n = 0; n < 5; n += 1) {
      expect((await send('sync-commands', { phone_ids: ids.slice(0, 15) })).status).toBe(200);
    }
    const seventh = await send('sync-commands', { phone_ids: ids.slice(0, 1) });
    expect(seventh).toMatchObject({ status: 429, body: { error_code: 'APIGW.0308' } });
  });
});
