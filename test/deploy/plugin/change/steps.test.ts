import { describe, expect, it } from 'vitest';
import { stepsFor } from '../../../../deploy/plugin/change/steps.js';
import { CODE, deployed, trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const doneBy = (...args: Parameters<typeof stepsFor>) =>
  stepsFor(...args).steps.map((step) => step.do);

describe('the steps of a deployment', () => {
  it('create a function, and limit its instances before any trigger exists', () => {
    expect(doneBy(desired(), undefined, CODE)).toEqual([
      ...['create', 'config', 'instances', 'async', 'add-trigger'],
    ]);
  });

  it('are none when nothing differs', () => {
    const drive = desired();
    expect(stepsFor(drive, deployed(drive), CODE)).toEqual({ steps: [], foreign: [] });
  });

  it('name the settings that differ, also one that serverless.yml no longer has', () => {
    const drive = desired();
    const user_data = JSON.stringify({ ...drive.userData, OLD: '1', PHONEVAULT_BUCKET: 'other' });
    const actual = deployed(drive, { memory_size: 1, user_data });
    expect(stepsFor(drive, actual, CODE).steps).toEqual([
      {
        do: 'config',
        fields: ['memorySize', 'environment.OLD', 'environment.PHONEVAULT_BUCKET'],
      },
    ]);
  });

  it.each(['not json', '', null])('read stored settings of %j as none', (user_data) => {
    const drive = desired();
    const { steps } = stepsFor(drive, deployed(drive, { user_data }), CODE);
    const names = Object.keys(drive.userData).sort();
    const fields = names.map((name) => `environment.${name}`);
    expect(steps).toEqual([{ do: 'config', fields }]);
  });

  it('upload the code again when someone else changed it', () => {
    const drive = desired();
    const steps = doneBy(drive, deployed(drive, { digest: 'ff' }), CODE);
    expect(steps).toEqual(['code', 'config']);
  });

  it('set a changed limit, and reset asynchronous settings that are gone', () => {
    const drive = { ...desired(), maxInstances: 7, async: undefined };
    const { steps } = stepsFor(drive, deployed(desired()), CODE);
    expect(steps).toEqual([{ do: 'instances', from: 400, to: 7 }, { do: 'no-async' }]);
  });

  it.each([
    ['retries', { retries: 2 }],
    ['age', { maxAge: 61 }],
    ['failure topic', { failureTopicUrn: 'urn:smn:other' }],
  ])('set asynchronous invocations whose %s differs', (_, change) => {
    const drive = desired();
    const other = { ...drive, async: { retries: 0, maxAge: 60, failureTopicUrn: 'x', ...change } };
    const settled = { ...drive, async: { retries: 0, maxAge: 60, failureTopicUrn: 'x' } };
    expect(doneBy(settled, deployed(settled), CODE)).toEqual([]);
    expect(doneBy(other, deployed(settled), CODE)).toEqual(['async']);
  });

  it('leave a trigger that nobody deployed, unless it is pruned', () => {
    const drive = desired();
    const actual = deployed(drive);
    const foreign = trigger('TIMER', { name: 'by-hand' });
    actual.triggers.push(foreign);
    expect(stepsFor(drive, actual, CODE)).toEqual({ steps: [], foreign: [foreign] });
    expect(stepsFor(drive, actual, CODE, { prune: true })).toEqual({
      steps: [{ do: 'remove-trigger', trigger: foreign, gap: false }],
      foreign: [],
    });
  });
});

describe('a deployment is refused', () => {
  const drive = desired();

  it('for a function that Phonevault did not deploy, unless it is adopted', () => {
    const actual = deployed(drive, { description: 'mine' });
    expect(() => stepsFor(drive, actual, CODE)).toThrow(
      expect.objectContaining({
        code: 'not_ours',
        hint: expect.stringContaining('--adopt') as string,
      }),
    );
    expect(doneBy(drive, actual, CODE, { adopt: true })).toEqual(['code', 'config']);
  });

  it('for another runtime, which FunctionGraph cannot change', () => {
    const actual = deployed(drive, { runtime: 'Node.js18.15' });
    expect(() => stepsFor(drive, actual, CODE)).toThrow(
      expect.objectContaining({ code: 'runtime_immutable' }),
    );
  });

  it('when an encrypted setting would be lost, and names it without its value', () => {
    const encrypted_user_data = JSON.stringify({ TOKENS: 'planted' });
    const actual = deployed(drive, { encrypted_user_data });
    expect(() => stepsFor(drive, actual, CODE)).toThrow(
      expect.objectContaining({
        code: 'secrets_missing',
        message: `${drive.name} has encrypted settings that are not set now: TOKENS`,
      }),
    );
    const { steps } = stepsFor(drive, actual, CODE, { dropSecrets: true });
    expect(steps).toEqual([{ do: 'config', fields: ['encryptedEnvironment'] }]);
  });
});
