import { createHash } from 'node:crypto';
import { createHttpApp } from '../../lib/http/app.ts';
import { parseTokenEntry } from '../../lib/http/tokens.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { Night } from '../../testing/night.ts';

const MINUTE = 60_000;
const TOKEN = 'sample-of-a-bearer-token-0001';

/** Returns responses of the HTTP API, and what a cancellation writes into the ledger. */
export async function httpSamples(world: Night): Promise<Record<string, unknown>> {
  const post = poster(world);
  const accepted = await post('/v1/runs', { policy: 'nightly' });
  const runId = String(accepted.run_id);
  const cancelling = await post(`/v1/runs/${runId}/cancel`);
  const cancel = await world.invocation().deps.store.get(layout.cancel(runId));
  return {
    accepted,
    cancelling,
    cancel: cancel && (JSON.parse(cancel.body) as unknown),
    refreshing: await post('/v1/plan?fresh=1', { policy: 'nightly' }),
    problem: await post('/v1/runs', { policy: 'Nightly' }),
  };
}

function poster(world: Night) {
  const { deps: run } = world.invocation();
  const hash = createHash('sha256').update(TOKEN).digest('hex');
  const entry = parseTokenEntry(`docs:read+run+cancel:never:sha256-${hash}`);
  if (typeof entry === 'string') throw new Error(entry);
  const app = createHttpApp();
  const offline = { invokeAsync: () => Promise.reject(new Error('drive is not deployed')) };
  return async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const request = new Request(`https://phonevault.example.com${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'idempotency-key': 'order-4711' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const response = await app.respond(request, {
      run,
      wake: { functiongraph: offline, driveUrn: undefined },
      callers: { tokens: [entry], webhooks: [] },
      mount: '',
      until: run.clock.now() + MINUTE,
    });
    return (await response.json()) as Record<string, unknown>;
  };
}
