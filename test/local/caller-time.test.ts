import { describe, expect, it } from 'vitest';
import { createCloud } from '../../local/cloud.ts';
import { issueCredentials } from '../../local/iam/auth/credentials.ts';
import { manualClock, START } from './support/clock.ts';
import { signSdk } from './support/sign-sdk.ts';

const HOUR = 3_600_000;

/** A cloud whose simulated time is a day ahead, and the credentials of a function and of another caller. */
async function fixture() {
  const clock = manualClock();
  const cloud = await createCloud({ clock, phones: 2, servers: 1 });
  await cloud.control.setSpeed(24);
  clock.move(HOUR);
  const principal = {
    userId: 'u',
    userName: 'phonevault',
    domainId: cloud.accountId,
    usesSimulatedTime: true as const,
  };
  const inside = issueCredentials(cloud.iam, principal, cloud.projectId);
  return { clock, cloud, inside, outside: cloud.renewCredentials() };
}

describe('the times that a function sees', () => {
  it('let only a function sign in simulated time', async () => {
    const { cloud, clock, inside, outside } = await fixture();
    const host = `cph.${cloud.region}.myhuaweicloud.com`;
    const path = `/v1/${cloud.projectId}/cloud-phone/phones`;
    const status = async (credentials: typeof inside, date: number) => {
      const headers = signSdk({ method: 'GET', host, path, date }, credentials);
      return (await cloud.handle(new Request(`https://${host}${path}`, { headers }))).status;
    };
    expect(cloud.time.simulated()).toBe(START + 24 * HOUR);
    expect(await status(inside, cloud.time.simulated())).toBe(200);
    expect(await status(inside, clock.now())).toBe(401);
    expect(await status(outside, clock.now())).toBe(200);
    expect(await status(outside, cloud.time.simulated())).toBe(401);
  });

  it('are in simulated time: dates of responses, phones and objects', async () => {
    const { cloud, clock, inside, outside } = await fixture();
    clock.move(HOUR);
    const [phone] = (await cloud.control.createPhones(1)) ?? [];
    const url = `https://cph.${cloud.region}.myhuaweicloud.com/v1/${cloud.projectId}/cloud-phone/phones/${String(phone?.phone_id)}`;
    const datesFor = async (token: string) => {
      const response = await cloud.handle(new Request(url, { headers: { 'x-auth-token': token } }));
      const { create_time } = (await response.json()) as { create_time: string };
      return [Date.parse(create_time), Date.parse(response.headers.get('date') ?? '')];
    };
    const [simulated, now] = [cloud.time.simulated(), clock.now()];
    expect(await datesFor(outside.token)).toEqual([now, now]);
    expect(await datesFor(inside.token)).toEqual([simulated, simulated]);
  });
});
