import { createHash } from 'node:crypto';
import { createHttpApp } from '../../lib/http/app.ts';
import { parseTokenEntry } from '../../lib/http/tokens.ts';
import type { Night } from '../../testing/night.ts';
import type { Samples } from './samples.ts';

const MINUTE = 60_000;

/** Calls of the HTTP API, answered. */
export async function callsOf(world: Night): Promise<Samples> {
  const { deps: run } = world.invocation();
  const token = 'sample-of-a-bearer-token-0001';
  const hash = createHash('sha256').update(token).digest('hex');
  const entry = parseTokenEntry(`docs:read+run+cancel:never:sha256-${hash}`);
  if (typeof entry === 'string') throw new Error(entry);
  const app = createHttpApp();
  const answerTo = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const request = new Request(`https://phonevault.example.com${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'order-4711' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await app.answer(request, {
      run,
      wake: {
        functiongraph: { invokeAsync: () => Promise.reject(new Error('no kick here')) },
        driveUrn: undefined,
      },
      callers: { tokens: [entry], webhooks: [] },
      mount: '',
      until: run.clock.now() + MINUTE,
    });
    return answer.json();
  };
  const accepted = (await answerTo('POST', '/v1/runs', { policy: 'nightly' })) as {
    run_id: string;
  };
  return {
    accepted,
    cancelling: await answerTo('POST', `/v1/runs/${accepted.run_id}/cancel`),
    refreshing: await answerTo('POST', '/v1/plan?fresh=1', { policy: 'nightly' }),
    problem: await answerTo('POST', '/v1/runs', { policy: 'Nightly' }),
  };
}
