import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ClockAnchor,
  type ContextData,
  startInstance,
} from '../../../local/functiongraph/runtime/instance.ts';
import { instanceProgram } from '../../../local/functiongraph/runtime/program.ts';

export const CONTEXT: ContextData = {
  requestId: 'r1',
  functionName: 'backup',
  package: 'default',
  version: 'latest',
  alias: '',
  projectId: 'p1',
  timeoutMs: 30_000,
  memory: '256',
  cpu: '300',
  userData: { PLAIN: '1' },
  credentials: { token: 't', accessKey: 'a', secretKey: 's', securityToken: 'x' },
};

/** A running instance of this code, which ends with the test, and how to call its handler. */
export function instanceOf(code: string, speed = 1) {
  const root = mkdtempSync(join(tmpdir(), 'instance-'));
  writeFileSync(join(root, 'index.js'), code);
  const machineAt = Date.now();
  let anchor: ClockAnchor = { machineAt, simulatedAt: machineAt, speed };
  const instance = startInstance({
    node: process.execPath,
    program: instanceProgram(),
    root,
    names: ['index.handler'],
    memoryMb: 64,
    env: { ONLY: 'this' },
    clock: () => anchor,
  });
  onTestFinished(async () => {
    instance.kill();
    await instance.exited;
    rmSync(root, { recursive: true });
  });
  const lines: string[] = [];
  const call = (event: unknown = {}) =>
    instance.call(
      {
        entry: 'index.handler',
        event: JSON.stringify(event),
        context: CONTEXT,
        initializer: false,
      },
      (line) => void lines.push(line),
    );
  const valueOf = async <T>(event: unknown = {}): Promise<T | undefined> => {
    const reply = await call(event);
    if (reply.kind !== 'ok') throw new Error(JSON.stringify(reply));
    return reply.result === '' ? undefined : (JSON.parse(reply.result) as T);
  };
  const setClock = (next: ClockAnchor) => {
    anchor = next;
    instance.setClock();
  };
  return { instance, call, valueOf, lines, setClock };
}
