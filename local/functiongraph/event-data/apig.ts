import * as z from 'zod';
import { fss } from '../model/error.ts';
import type { TriggerRecord } from '../model/trigger.ts';

const apigSchema = z.object({
  name: z.string().regex(/^[A-Za-z\u4e00-\u9fa5][\w\u4e00-\u9fa5-]{2,254}$/),
  type: z.union([z.literal(1), z.literal(2)]),
  path: z
    .string()
    .regex(/^\/[\w\-./{}%+]*$/)
    .max(512),
  protocol: z.enum(['HTTP', 'HTTPS']),
  req_method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY']),
  group_id: z.string().min(1).max(64),
  group_name: z.string().max(64).nullish(),
  match_mode: z.enum(['SWA', 'NORMAL']),
  env_name: z.string().min(1).max(64),
  env_id: z.string().min(1).max(64),
  auth: z.enum(['IAM', 'APP', 'NONE']),
  func_info: z.object({
    timeout: z.number().int().min(1).max(60_000),
    invocation_type: z.enum(['sync', 'async']).nullish(),
    version: z.string().nullish(),
  }),
  sl_domain: z.string().max(255).nullish(),
  backend_type: z.literal('FUNCTION').nullish(),
  instance_id: z.string().max(64).nullish(),
});

export type ApigData = z.infer<typeof apigSchema>;

/** event_data of an APIG or dedicated gateway trigger. Throws FSS.1107, FSS.1417, FSS.1147. */
export function readApig(
  data: unknown,
  type: 'APIG' | 'DEDICATEDGATEWAY',
  others: TriggerRecord[],
): ApigData {
  const parsed = apigSchema.safeParse(data);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path.join('.') ?? 'event_data');
    throw fss(type === 'APIG' ? 'FSS.1107' : 'FSS.1417', field);
  }
  const { group_id, path, req_method } = parsed.data;
  const isTaken = others.some(({ data: other }) => {
    const { group_id: group, path: otherPath, req_method: method } = other as ApigData;
    return (
      group === group_id &&
      otherPath === path &&
      (method === req_method || method === 'ANY' || req_method === 'ANY')
    );
  });
  if (isTaken) throw fss('FSS.1147');
  return parsed.data;
}
