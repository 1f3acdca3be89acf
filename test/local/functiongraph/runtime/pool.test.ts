import { describe, expect, it, onTestFinished } from 'vitest';
import { createCodeFolders } from '../../../../local/functiongraph/runtime/code-folders.ts';
import { createPool, type Reserved } from '../../../../local/functiongraph/runtime/pool.ts';
import { instanceProgram } from '../../../../local/functiongraph/runtime/program.ts';
import { functionRecord, PLACE } from '../../support/functiongraph.ts';

const CODE = 'exports.handler = async () => process.pid;';
const issued: string[] = [];

function fixture(more: object = {}, code = CODE) {
  const record = functionRecord({ ...more }, code);
  const folders = createCodeFolders();
  const idle: (() => void)[] = [];
  const pool = createPool({
    node: process.execPath,
    program: instanceProgram(),
    place: PLACE,
    folders,
    timers: { after: (_, run) => (idle.push(run), () => undefined), rearm: () => undefined },
    clock: () => ({ machineAt: 0, simulatedAt: 0, speed: 1 }),
    credentialsOf: async (agency) => {
      issued.push(agency);
      return { token: `token of ${agency}`, accessKey: '', secretKey: '', securityToken: '' };
    },
  });
  onTestFinished(async () => {
    await pool.end();
    await folders.remove();
  });
  const reserve = async () => (await pool.reserve(record)) as Reserved;
  return { pool, record, reserve, idle };
}

describe('the pool of instances', () => {
  it('reuses an idle instance, until it has been idle for too long', async () => {
    const { reserve, idle } = fixture();
    const first = await reserve();
    first.release(false);
    const second = await reserve();
    expect([first.isCold, second.isCold]).toEqual([true, false]);
    expect(second.instance).toBe(first.instance);
    second.release(false);
    idle.at(-1)?.();
    await second.instance.exited;
    expect((await reserve()).isCold).toBe(true);
  });

  it('starts more instances for simultaneous events, up to the limit of the function', async () => {
    const { reserve, record } = fixture();
    record.maxInstances = 2;
    const all = await Promise.all([reserve(), reserve(), reserve()]);
    expect(all.map((reserved) => reserved?.isCold)).toEqual([true, true, undefined]);
  });

  it('ends a broken instance', async () => {
    const { reserve } = fixture();
    const first = await reserve();
    first.release(true);
    await first.instance.exited;
    expect((await reserve()).isCold).toBe(true);
  });

  it('ends the idle instances of a changed function at once, busy ones after their event', async () => {
    const { pool, reserve, record } = fixture();
    const [idle, busy] = await Promise.all([reserve(), reserve()]);
    idle.release(false);
    pool.onChanged(record);
    await idle.instance.exited;
    expect(busy.instance.isAlive).toBe(true);
    busy.release(false);
    await busy.instance.exited;
  });

  it('gives the handler credentials of its execution agency', async () => {
    const { reserve } = fixture({ xrole: 'config', app_xrole: 'execution' });
    const data = await (await reserve()).contextData('r1', 3_000);
    expect(data.credentials.token).toBe('token of execution');
    const { reserve: other } = fixture({ xrole: 'config' });
    await (await other()).contextData('r1', 3_000);
    expect(issued.splice(0)).toEqual(['execution', 'config']);
  });

  it('returns the error of code that cannot be loaded, and keeps no instance', async () => {
    const { pool, record } = fixture({}, 'throw new TypeError("bad")');
    record.maxInstances = 1;
    const failure = { errorType: 'TypeError', errorMessage: 'bad' };
    expect(await pool.reserve(record)).toEqual(failure);
    expect(await pool.reserve(record)).toEqual(failure);
  });

  it('refuses other runtimes than Node.js', async () => {
    const { reserve } = fixture({ runtime: 'Python3.10' });
    await expect(reserve()).rejects.toMatchObject({ code: 'FSS.0500' });
  });
});
