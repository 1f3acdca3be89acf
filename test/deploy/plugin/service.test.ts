import { expect, it } from 'vitest';
import { createService } from '../../../deploy/plugin/service.js';
import { definitions, provider } from './serverless-yml.ts';

const serviceWith = (environment: Record<string, string>) => {
  const functions = definitions();
  const region = { PHONEVAULT_REGION: provider.region, PHONEVAULT_PROJECT_ID: provider.projectId };
  const own = {
    ...provider,
    stage: 'test',
    environment: { ...provider.environment, ...region, ...environment },
  };
  const service = {
    service: 'phonevault',
    provider: own,
    getAllFunctions: () => Object.keys(functions),
    getFunction: (key: string) => functions[key],
  };
  return createService({ service }, '/nowhere');
};

it.each(['pack', 'packageAll'] as const)(
  '%s refuses a setting that the functions refuse, before it reads code',
  async (name) => {
    const service = serviceWith({ PHONEVAULT_HEARTBEAT: 'never' });
    await expect(service[name]()).rejects.toMatchObject({ code: 'setting_invalid' });
  },
);

it('pack reads the code once all settings are valid', async () => {
  await expect(serviceWith({}).pack()).rejects.toMatchObject({ code: 'no_bundle' });
});
