import { describe, expect, it } from 'vitest';
import { cphFixture, entriesOf } from '../../support/cph.ts';

const HOUR = 3_600_000;

function fixture() {
  const cloud = cphFixture();
  const post = (kind: string, body: object) =>
    cloud.send('POST', `${cloud.base}/phones/batch-${kind}`, body);
  return { cloud, post, phone: cloud.phones()[0]! };
}

describe('batch-restart, batch-reset and batch-stop', () => {
  it.each([
    ['restart', 4, 2],
    ['reset', 3, 2],
    ['stop', 7, 8],
  ])('sets for a %s first status %i, then %i', async (kind, through, to) => {
    const { cloud, post, phone } = fixture();
    const body = kind === 'stop' ? { phone_ids: [phone.id] } : { phones: [{ phone_id: phone.id }] };
    const response = await post(kind, body);
    expect(phone.status).toBe(through);
    await cloud.pass(HOUR);
    expect(phone.status).toBe(to);
    expect((await cloud.jobs(response.body.request_id))[0]?.status).toBe(2);
  });

  it('deletes all files on a reset and starts a new generation', async () => {
    const { cloud, post, phone } = fixture();
    const before = await cloud.control.files(phone.id);
    await post('reset', { phones: [{ phone_id: phone.id }] });
    expect(await cloud.control.files(phone.id)).not.toEqual(before);
    expect(phone.generation).toBe(2);
  });

  it('starts a stopped phone on a restart and keeps its files', async () => {
    const { cloud, post, phone } = fixture();
    const before = await cloud.control.files(phone.id);
    await post('stop', { phone_ids: [phone.id] });
    await cloud.pass(HOUR);
    await post('restart', { phones: [{ phone_id: phone.id }] });
    await cloud.pass(HOUR);
    expect(phone.status).toBe(2);
    expect(await cloud.control.files(phone.id)).toEqual(before);
  });

  it('refuse single phones in the response, but a malformed call as a whole', async () => {
    const { cloud, post, phone } = fixture();
    await cloud.control.setStatus(phone.id, 6);
    const frozen = await post('restart', { phones: [{ phone_id: phone.id }, { phone_id: 'x!' }] });
    const codes = entriesOf(frozen).map((entry) => entry.error_code);
    expect(codes.sort()).toEqual(['CPS.0004', 'CPS.0053']);
    expect((await post('restart', { phone_ids: [phone.id] })).body.error_code).toBe('CPS.0077');
    const many = Array(101).fill({ phone_id: phone.id });
    expect((await post('reset', { phones: many })).body.error_code).toBe('CPS.0190');
  });

  it.each([
    ['restart', 8, undefined],
    ['restart', -6, undefined],
    ['stop', 8, 'CPS.0141'],
    ['stop', -7, 'CPS.0141'],
    ['reset', 1, 'CPS.0022'],
    ['reset', 4, 'CPS.0165'],
    ['stop', 6, 'CPS.0053'],
  ])('refuse or accept a %s in status %i: %s', async (kind, status, code) => {
    const { cloud, post, phone } = fixture();
    await cloud.control.setStatus(phone.id, status);
    const body = kind === 'stop' ? { phone_ids: [phone.id] } : { phones: [{ phone_id: phone.id }] };
    expect(entriesOf(await post(kind, body))[0]?.error_code).toBe(code);
  });

  it('record CTS traces for restart and reset only', async () => {
    const { cloud, post, phone } = fixture();
    await post('restart', { phones: [{ phone_id: phone.id }] });
    await cloud.pass(HOUR);
    await post('reset', { phones: [{ phone_id: phone.id }] });
    await cloud.pass(HOUR);
    await post('stop', { phone_ids: [phone.id] });
    const traces = await cloud.control.traces();
    expect(traces.map((trace) => [trace.trace_name, trace.resource_id])).toEqual([
      ['restartCloudPhone', phone.id],
      ['resetCloudPhone', phone.id],
    ]);
  });
});
