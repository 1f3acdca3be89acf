import { hasCode } from '../errors.ts';
import { readCredentialTrouble, writeCredentialTrouble } from '../ledger/alarms.ts';
import { writeAside } from '../ledger/aside.ts';
import { layout } from '../ledger/layout.ts';
import { policyOfRun } from '../policy/run-id.ts';
import type { RunDeps } from './deps.ts';
import { composeMessage } from './message.ts';

const ALARM_ON_TICK = 3;
const REST_MS = 5 * 60_000;

/**
 * A drive found its credentials refused. The third in a row tells the topic, once; from then on they are tried every five
 * minutes only, since five bad signatures in a row lock the key (api-sign-errorcode).
 */
export async function noteCredentialsRefused(deps: RunDeps, code: string): Promise<void> {
  const known = await readCredentialTrouble(deps.store);
  const ticks = (known?.ticks ?? 0) + 1;
  const since = known?.since ?? deps.clock.now();
  let alarmed = known?.alarmed ?? false;
  if (ticks >= ALARM_ON_TICK && !alarmed) {
    const reason = `${code} since ${new Date(since).toISOString()}`;
    alarmed = await tell(deps, composeMessage({ kind: 'credentials', reason }));
  }
  const rest_until = ticks < ALARM_ON_TICK ? 0 : deps.clock.now() + REST_MS;
  await writeCredentialTrouble(deps.store, { ticks, since, alarmed, rest_until });
}

/** Credentials work again: the next trouble counts anew. */
export async function clearCredentialTrouble(deps: Pick<RunDeps, 'store'>): Promise<void> {
  await deps.store.remove([layout.alarms]);
}

/**
 * A run whose objects are broken or newer than this version: noted once, told once, and left for a person or the
 * version that wrote it. It holds nothing else up.
 */
export async function setAside(deps: RunDeps, runId: string, error: unknown): Promise<void> {
  const newer = hasCode(error, 'object_newer');
  const code = newer ? 'object_newer' : 'object_invalid';
  const message = error instanceof Error ? error.message.slice(0, 300) : code;
  if ((await deps.store.get(layout.aside(runId))) !== undefined) return;
  deps.log.error('set_aside', { run: runId, code, message });
  const note = { run_id: runId, code, message, at: deps.clock.now() };
  const policy = policyOfRun(runId);
  const news = { kind: 'missed', run_id: runId, policy, reason: code, message } as const;
  if (await tell(deps, composeMessage(news))) {
    await writeAside(deps.store, note);
  }
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
    deps.log.error('notify_failed', {
      message: error instanceof Error ? error.message : 'unknown',
    });
    return false;
  }
}
