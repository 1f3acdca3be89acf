import { describe, expect, it } from 'vitest';
import { apply } from '../../../../deploy/plugin/change/apply.js';
import { readMarker } from '../../../../deploy/plugin/change/marker.js';
import { stepsFor } from '../../../../deploy/plugin/change/steps.js';
import type { Actual, Desired, Step } from '../../../../deploy/plugin/types.js';
import { CODE, deployed, fakeCloud, SERVICE_DIGEST } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const drive = desired();

async function carryOut(wanted: Desired, actual?: Actual, steps?: Step[]) {
  const config = deployed(wanted).config;
  const { cloud, calls } = fakeCloud({
    createFunction: async () => config,
    showFunction: async () => config,
  });
  const done: string[] = [];
  const planned = steps ?? stepsFor(wanted, actual, CODE).steps;
  await apply(cloud, { desired: wanted, actual, code: CODE, steps: planned }, (step) =>
    done.push(step.do),
  );
  const descriptions = calls.flatMap(([, ...args]) =>
    args.flatMap((arg) => readMarker((arg as { description?: string }).description) ?? []),
  );
  return { calls, done, descriptions };
}

describe('apply', () => {
  it('records the code only after FunctionGraph has said what it stored', async () => {
    const { done, descriptions } = await carryOut({ ...drive, secrets: { A: '1' } });
    expect(done).toEqual(['create', 'config', 'instances', 'async', 'add-trigger']);
    const [atCreation, afterwards] = descriptions;
    expect(atCreation).toMatchObject({ code: '', serviceDigest: '', secrets: '' });
    expect(afterwards).toMatchObject({
      code: CODE.digest.slice(0, 16),
      serviceDigest: SERVICE_DIGEST.slice(0, 16),
      secrets: expect.stringMatching(/^\S+\.\S+$/) as string,
    });
  });

  it('keeps the hash of secrets that did not change, so that the next deployment changes nothing', async () => {
    const wanted = { ...drive, secrets: { A: '1' } };
    const actual = deployed(wanted);
    const { descriptions } = await carryOut(wanted, actual, [{ do: 'config', fields: [] }]);
    expect(descriptions[0]?.secrets).toBe(readMarker(actual.config.description)?.secrets);
  });

  it('sends a failure topic as JSON in text, and none when there is none', async () => {
    const to = { retries: 1, maxAge: 60, failureTopicUrn: 'urn:t' };
    const bodyOf = async (step: Step) => {
      const { calls } = await carryOut(drive, deployed(drive), [step]);
      return calls[0]?.[2];
    };
    expect(await bodyOf({ do: 'async', to })).toMatchObject({
      destination_config: { on_failure: { destination: 'SMN', param: '{"topic_urn":"urn:t"}' } },
    });
    const none = await bodyOf({ do: 'async', to: { ...to, failureTopicUrn: undefined } });
    expect(none).toEqual({
      max_async_event_age_in_seconds: 60,
      max_async_retry_attempts: 1,
    });
  });

  it('ends at the step that fails, and reports those before it', async () => {
    const { cloud } = fakeCloud({
      setMaxInstances: () => Promise.reject(new Error('refused')),
    });
    const done: string[] = [];
    const steps: Step[] = [
      { do: 'config', fields: [] },
      { do: 'instances', from: 1, to: 2 },
      { do: 'no-async' },
    ];
    const change = { desired: drive, actual: deployed(drive), code: CODE, steps };
    const failed = apply(cloud, change, (step) => done.push(step.do));
    await expect(failed).rejects.toThrow('refused');
    expect(done).toEqual(['config']);
  });
});
