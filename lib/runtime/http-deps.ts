import type { HttpDeps } from '../http/route.ts';
import type { FgContext } from './context.ts';
import { type Instance, startInvocation } from './invocation.ts';

/** The gateway waits for at most 60 seconds. */
const MAX_MS = 50_000;
const SPARE_MS = 3_000;

/** Returns the dependencies of one API call, with this invocation's credentials. Throws `setting_invalid`. */
export function httpDeps(context: FgContext, instance: Instance, mount: string): HttpDeps {
  const { deps, wake, settings, timeLeft } = startInvocation(context, instance, {
    needsTopic: false,
  });
  const left = Math.min(timeLeft() - SPARE_MS, MAX_MS);
  return {
    run: deps,
    wake,
    callers: { tokens: settings.httpTokens, webhooks: settings.webhookSecrets },
    mount,
    until: deps.clock.now() + Math.max(0, left),
  };
}
