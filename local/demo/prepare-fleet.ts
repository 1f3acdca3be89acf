import type { Ready } from './cloud-process.ts';
import { chooseIncidents, STATUS } from './incidents.ts';
import type { LocalApi } from './local-api.ts';

const OBS_FAILED = 'CPS.0107';

/** Lets the fleet have a night like any other: phones off, frozen, in a reset, and exports that fail. */
export async function prepareFleet(cloud: Ready, api: LocalApi): Promise<void> {
  const { stopped, frozen, abnormal, stuck, reset, failsOnce, failsAlways } = chooseIncidents(
    await api.phones(),
  );
  const states = [
    [stopped, STATUS.stopped],
    [frozen, STATUS.frozen],
    [abnormal, STATUS.abnormal],
    [stuck, STATUS.resetting],
  ] as const;
  for (const [phones, status] of states) {
    for (const { phone_id } of phones) await api.setStatus(phone_id, status);
  }
  for (const { phone_id } of failsOnce) await api.failExports(phone_id, OBS_FAILED, 1);
  for (const { phone_id } of failsAlways) await api.failExports(phone_id, OBS_FAILED);
  await resetPhones(
    cloud,
    reset.map(({ phone_id }) => phone_id),
  );
}

/** As an operator would do it (cph_api_0514); the phones come back by themselves. */
async function resetPhones(cloud: Ready, phoneIds: string[]): Promise<void> {
  const url = `${cloud.cph}/v1/${cloud.projectId}/cloud-phone/phones/batch-reset`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-auth-token': cloud.token },
    body: JSON.stringify({ phones: phoneIds.map((phone_id) => ({ phone_id })) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) {
    throw new Error(`batch-reset answered ${response.status}: ${await response.text()}`);
  }
}
