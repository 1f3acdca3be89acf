import { describe, expect, it } from 'vitest';
import { createContext } from '../../../local/demo/context.ts';

function context() {
  const machine = { time: 1_000, lines: [] as string[] };
  const made = createContext(
    {
      requestId: 'r1',
      functionName: 'phonevault-drive',
      projectId: 'p1',
      timeoutMs: 60_000,
      memoryMb: 256,
      credentials: { token: 't', accessKey: 'ak', secretKey: 'sk', securityToken: 'st' },
      userData: { PHONEVAULT_REGION: 'cn-north-4' },
    },
    { now: () => machine.time, write: (line) => void machine.lines.push(line) },
  );
  return { made, machine };
}

describe('the context', () => {
  it('counts down the time that is left', () => {
    const { made, machine } = context();
    machine.time += 12_500;
    expect(made.getRemainingTimeInMilliSeconds()).toBe(47_500);
  });

  it('knows the user data and nothing else', () => {
    const { made } = context();
    expect(made.getUserData('PHONEVAULT_REGION')).toBe('cn-north-4');
    expect(made.getUserData('PHONEVAULT_BUCKET')).toBeUndefined();
    expect(made.getUserData('toString')).toBeUndefined();
  });

  it('gives the temporary credentials, and empty ones where the service no longer maintains them', () => {
    const { made } = context();
    expect(made.getToken()).toBe('t');
    expect(made.getSecurityAccessKey()).toBe('ak');
    expect(made.getSecuritySecretKey()).toBe('sk');
    expect(made.getSecurityToken()).toBe('st');
    expect(made.getAccessKey()).toBe('');
    expect(made.getSecretKey()).toBe('');
  });

  it('logs with the id of the request', () => {
    const { made, machine } = context();
    made.getLogger().warn('careful');
    expect(machine.lines).toEqual(['1970-01-01T00:00:01.000Z r1 WARN careful']);
  });
});
