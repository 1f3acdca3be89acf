import {
  readCredentialsRefused,
  writeCredentialsRefused,
} from '../../ledger/state/credential-alarm.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { RunDeps } from '../deps.ts';
import { publish } from './publish.ts';

const ALARM_ON_TICK = 3;
const REST_MS = 5 * 60_000;

/**
 * Records that the credentials of a drive were refused. The third refusal in a row is published, once. After that drives try
 * the credentials only every five minutes, since five bad signatures in a row lock the key (api-sign-errorcode).
 */
export async function noteCredentialsRefused(deps: RunDeps, code: string): Promise<void> {
  const known = await readCredentialsRefused(deps.store);
  const ticks = (known?.ticks ?? 0) + 1;
  const since = known?.since ?? deps.clock.now();
  deps.log.error('credentials_refused', { code, drives: ticks });
  let alarmed = known?.alarmed ?? false;
  if (ticks >= ALARM_ON_TICK && !alarmed) {
    alarmed = await publish(deps, { kind: 'credentials', code, since });
  }
  const rest_until = ticks < ALARM_ON_TICK ? 0 : deps.clock.now() + REST_MS;
  await writeCredentialsRefused(deps.store, { ticks, since, alarmed, rest_until });
}

/** Forgets refused credentials: they work again. */
export async function clearCredentialsRefused(deps: Pick<RunDeps, 'store'>): Promise<void> {
  await deps.store.remove([layout.alarms]);
}
