import { PhonevaultError } from '../../errors.ts';
import {
  readCredentialsRefused,
  writeCredentialsRefused,
} from '../../ledger/state/credential-alarm.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { RunDeps } from '../deps.ts';
import { composeMessage } from './compose.ts';

const ALARM_ON_TICK = 3;
const REST_MS = 5 * 60_000;

/**
 * A drive found its credentials refused. The third in a row tells the topic, once; from then on they are tried every five
 * minutes only, since five bad signatures in a row lock the key (api-sign-errorcode).
 */
export async function noteCredentialsRefused(deps: RunDeps, code: string): Promise<void> {
  const known = await readCredentialsRefused(deps.store);
  const ticks = (known?.ticks ?? 0) + 1;
  const since = known?.since ?? deps.clock.now();
  deps.log.error('credentials_refused', { code, drives: ticks });
  let alarmed = known?.alarmed ?? false;
  if (ticks >= ALARM_ON_TICK && !alarmed) {
    const reason = `${code} since ${new Date(since).toISOString()}`;
    alarmed = await tell(deps, composeMessage({ kind: 'credentials', reason }));
  }
  const rest_until = ticks < ALARM_ON_TICK ? 0 : deps.clock.now() + REST_MS;
  await writeCredentialsRefused(deps.store, { ticks, since, alarmed, rest_until });
}

/** Credentials work again: the next trouble counts anew. */
export async function clearCredentialsRefused(deps: Pick<RunDeps, 'store'>): Promise<void> {
  await deps.store.remove([layout.alarms]);
}

/** Publishes; a topic that fails is logged, and the caller tries again another time. */
export async function tell(
  deps: Pick<RunDeps, 'topic' | 'topicUrn' | 'log'>,
  message: ReturnType<typeof composeMessage>,
): Promise<boolean> {
  try {
    await deps.topic.publish(deps.topicUrn, message);
    return true;
  } catch (error) {
    const told = (name: string) =>
      message.message_attributes.find((attribute) => attribute.name === name)?.value;
    deps.log.error('notify_failed', {
      policy: told('policy'),
      kind: told('kind'),
      code: error instanceof PhonevaultError ? error.code : 'unknown',
      message: error instanceof Error ? error.message : 'unknown',
    });
    return false;
  }
}
