import * as z from 'zod';
import { CphError } from '../protocol/errors.ts';
import type { Server } from '../world/fleet.ts';
import { pagingOf } from '../protocol/paging.ts';
import { wholeNumber } from '../protocol/format.ts';
import { findServer } from './list-servers.ts';
import type { World } from '../world/world.ts';

const keySchema = z
  .string()
  .regex(/^[\p{L}\p{N} _.:=+@-]{1,127}$/u)
  .refine((key) => !key.startsWith('_sys_') && key.trim() === key);
const valueSchema = z
  .string()
  .max(255)
  .refine((value) => value.trim() === value);

const changeSchema = z.object({
  action: z.enum(['create', 'delete']),
  tags: z
    .array(z.object({ key: keySchema, value: valueSchema.optional() }))
    .min(1)
    .max(20),
});

const filterSchema = z.object({
  action: z.enum(['filter', 'count']),
  limit: z.string().optional(),
  offset: z.string().optional(),
  without_any_tag: z.boolean().optional(),
  tags: z
    .array(z.object({ key: keySchema, values: z.array(valueSchema).max(10).default([]) }))
    .max(10)
    .optional(),
  matches: z
    .array(z.object({ key: z.literal('resource_name'), value: z.string().max(255) }))
    .max(10)
    .optional(),
});

/** ListProjectTags: all tag keys of the project's servers with their values. */
export function listProjectTags(world: World, query: URLSearchParams): Record<string, unknown> {
  const { offset, limit } = pagingOf(query, 100, 100);
  const values = new Map<string, Set<string>>();
  for (const { tags } of world.fleet.servers.values()) {
    for (const [key, value] of tags) values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  const all = [...values].map(([key, set]) => ({ key, values: [...set] }));
  return { tags: all.slice(offset, offset + limit), total_count: all.length };
}

/** ListResourceTags of one server. */
export function listServerTags(world: World, serverId: string): Record<string, unknown> {
  return { tags: tagsOf(findServer(world, serverId)) };
}

/** BatchCreateTags and BatchDeleteTags: an empty response. */
export function changeServerTags(world: World, serverId: string, body: unknown): void {
  const server = findServer(world, serverId);
  const parsed = changeSchema.safeParse(body);
  if (!parsed.success) throw new CphError('CPS.0002', 'The tags are invalid.');
  const { action, tags } = parsed.data;
  for (const { key, value } of tags) {
    if (action === 'create') server.tags.set(key, value ?? '');
    else if (value === undefined || server.tags.get(key) === value) server.tags.delete(key);
  }
}

/** ListResourceInstances: keys are combined with AND, the values of a key with OR; no value matches any. */
export function listTaggedServers(world: World, body: unknown): Record<string, unknown> {
  const parsed = filterSchema.safeParse(body);
  if (!parsed.success) throw new CphError('CPS.0002', 'The request body is invalid.');
  const { action, tags = [], matches = [], without_any_tag = false } = parsed.data;
  if (action === 'count' && (parsed.data.limit ?? parsed.data.offset) !== undefined) {
    throw new CphError('CPS.0002', 'count takes neither limit nor offset.');
  }
  const found = [...world.fleet.servers.values()].filter(
    (server) =>
      (!without_any_tag || server.tags.size === 0) &&
      (without_any_tag || tags.every((tag) => hasTag(server, tag))) &&
      matches.every(({ value }) => server.name === value),
  );
  if (action === 'count') return { total_count: found.length };
  const limit = wholeNumber(parsed.data.limit ?? '1000');
  const offset = wholeNumber(parsed.data.offset ?? '0');
  if (limit === undefined || offset === undefined || limit < 1 || limit > 1000) {
    throw new CphError('CPS.0002');
  }
  const resources = found.slice(offset, offset + limit).map((server) => ({
    resource_id: server.id,
    resource_name: server.name,
    resource_detail: '',
    tags: tagsOf(server),
  }));
  return { resources, total_count: found.length };
}

function hasTag(server: Server, { key, values }: { key: string; values: string[] }): boolean {
  const value = server.tags.get(key);
  return value !== undefined && (values.length === 0 || values.includes(value));
}

function tagsOf(server: Server): { key: string; value: string }[] {
  return [...server.tags].map(([key, value]) => ({ key, value }));
}
