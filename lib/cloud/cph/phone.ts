import * as z from 'zod';
import { compact, id, integer, records, text } from '../request/fields.ts';
import { createdAt } from './created-at.ts';
import { type PhoneStatus, phoneStatus } from './phone-status.ts';

export type Phone = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  status: PhoneStatus;
  image_version?: string;
  /** Epoch ms. */
  created_at?: number;
};

const phoneFields = z.object({
  phone_id: id,
  phone_name: text,
  server_id: id,
  status: integer,
  image_version: text,
  create_time: text,
});

/** Returns the phone in one entry; undefined when it has no phone id. */
export function phoneOf(entry: unknown): Phone | undefined {
  const parsed = phoneFields.safeParse(entry);
  if (!parsed.success || parsed.data.phone_id === undefined) return undefined;
  const { phone_id, phone_name = '', server_id = '', status, ...rest } = parsed.data;
  return {
    ...{ phone_id, phone_name, server_id, status: phoneStatus(status) },
    ...compact({ image_version: rest.image_version, created_at: createdAt(rest.create_time) }),
  };
}

export const phoneReply = z
  .unknown()
  .optional()
  .transform((value, context) => {
    const phone = phoneOf(value);
    if (phone) return phone;
    context.addIssue('the response has no phone');
    return z.NEVER;
  });

export const phonesReply = z
  .object({ count: integer, phones: records })
  .refine(({ count, phones }) => count !== undefined || phones.length > 0);

const server = z.object({ resource_id: id });

export const serversReply = z
  .object({ resources: records.pipe(z.array(server)), total_count: integer })
  .refine(({ total_count: total, resources }) => total !== undefined || resources.length > 0);
