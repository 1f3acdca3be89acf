import { describe, expect, it } from 'vitest';
import { contextOf } from '../../cli/invoke/context.ts';
import { startInvocation } from '../../lib/runtime/invocation.ts';
import { playClock } from '../../testing/play-clock.ts';

const userData = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
};

describe('startInvocation', () => {
  it("puts the request's id into each line, those of retried calls included", async () => {
    const clock = playClock();
    const lines: string[] = [];
    const body = new TextEncoder().encode('{}');
    const send = async () => ({ status: 503, headers: {}, body });
    const instance = { clock, random: () => 0.5, send, write: (line: string) => void lines.push(line) }; // oxfmt-ignore
    const facts = {
      ...{ functionName: 'drive', requestId: 'request-4711', projectId: 'p1', timeoutMs: 60_000 },
      credentials: { token: 'T', accessKey: 'AK', secretKey: 'SK', securityToken: 'ST' },
      userData,
    };
    const { clients, deps } = startInvocation(contextOf(facts, clock.now), instance, {
      needsTopic: false,
    });
    await Promise.allSettled([clients.cph.showPhone('a1'), deps.store.get('state/limits.json')]);
    const requests = lines.map((line) => (JSON.parse(line) as { request?: string }).request);
    expect(requests.length).toBeGreaterThan(4);
    expect(new Set(requests)).toEqual(new Set(['request-4711']));
  });
});
