import { readCredentialAlarm, writeCredentialAlarm } from '../../ledger/state/notified/notified.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { RunDeps } from '../deps.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { localeOf } from './locale.ts';
import { publish } from './publish.ts';

const ALARM_ON_DRIVE = 3;
const PAUSE_MS = 5 * 60_000;

/**
 * Records that the credentials of a drive were refused. The third refusal in a row is published, once. After that drives try
 * the credentials only every five minutes, since five bad signatures in a row lock the key (api-sign-errorcode).
 */
export async function noteCredentialsRefused(deps: RunDeps, code: string): Promise<void> {
  const known = await readCredentialAlarm(deps.store);
  const drives = (known?.drives ?? 0) + 1;
  const since = known?.since ?? deps.clock.now();
  deps.log.error('credentials_refused', { code, drives });
  let notified = known?.notified ?? false;
  if (drives >= ALARM_ON_DRIVE && !notified) {
    const locale = await localeOf(deps.store);
    notified = await publish(deps, { kind: 'credentials', code, since }, locale);
  }
  const retry_at = drives < ALARM_ON_DRIVE ? 0 : deps.clock.now() + PAUSE_MS;
  await writeCredentialAlarm(deps.store, { drives, since, notified, retry_at });
}

/** Removes the record of refused credentials once they work again. */
export async function clearCredentialsRefused(
  deps: Parameters<typeof removeHandled>[0],
): Promise<void> {
  await removeHandled(deps, [layout.credentialAlarm]);
}
