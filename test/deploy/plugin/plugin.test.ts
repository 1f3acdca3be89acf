import { describe, expect, it, vi } from 'vitest';
import HuaweiPlugin from '../../../deploy/plugin/plugin.js';

class FrameworkError extends Error {}

/** A plugin in a folder without an embedded cloud. */
const plugin = () =>
  new HuaweiPlugin(
    {
      pluginManager: { addPlugin: () => undefined },
      classes: { Error: FrameworkError },
      serviceDir: '/nowhere',
      service: {},
    },
    {},
    { writeText: () => undefined },
  );

const resolver =
  ({ configurationVariablesSources }: HuaweiPlugin, stage: string) =>
  (address: string) =>
    configurationVariablesSources.local.resolve({ address, resolveVariable: async () => stage });

describe('the stage local without a running embedded cloud', () => {
  it('is one error, not one for each variable', async () => {
    vi.stubEnv('PHONEVAULT_READY_FILE', '');
    const own = plugin();
    const variables = ['region', 'projectId', 'bucket', 'topicUrn'].map(resolver(own, 'local'));
    expect(await Promise.all(variables)).toEqual(variables.map(() => ({ value: null })));
    const error = await own.hooks['initialize']?.().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FrameworkError);
    expect((error as Error).message).toMatch(
      /^stage local: \.phonevault\/local\.json does not exist\nstart the embedded cloud/,
    );
  });

  it('is no error in another stage', async () => {
    const own = plugin();
    expect(await resolver(own, 'prod')('region')).toEqual({ value: null });
    await own.hooks['initialize']?.();
  });
});
