import { NIGHTLY } from '../../../testing/night.ts';
import { api, type Api } from './api.ts';

/** The API with the policy `nightly`. */
export async function ready(phones = 6): Promise<Api> {
  const made = await api({ phones, servers: 2 });
  await made.putPolicy(NIGHTLY);
  return made;
}

export const startNightly = (made: Api, key: string, body: object = {}) =>
  made.call('POST', '/v1/runs', { key, body: { policy: 'nightly', ...body } });

export const idOf = ({ body }: { body: Record<string, unknown> }): string => String(body.run_id);
