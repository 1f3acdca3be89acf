import { describe, expect, it } from 'vitest';
import { logs } from '../../../../deploy/plugin/commands/logs.js';
import type { Cloud } from '../../../../deploy/plugin/types.js';
import { desired } from '../serverless-yml.ts';

const withoutStream = (config: object | undefined): Cloud =>
  ({ showLogStream: async () => undefined, showFunction: async () => config }) as unknown as Cloud;
const shown = (cloud: Cloud) => logs(cloud, desired(), { now: 0 }, () => undefined);

describe('logs', () => {
  it('says that a function is not deployed, and how to deploy it', async () => {
    await expect(shown(withoutStream(undefined))).rejects.toMatchObject({
      code: 'not_deployed',
      message: 'phonevault-test-drive is not deployed',
      hint: expect.stringContaining('npx serverless deploy --stage test') as string,
    });
  });

  it('says that a deployed function does not write its log to LTS', async () => {
    await expect(shown(withoutStream({}))).rejects.toMatchObject({ code: 'no_logs' });
  });
});
