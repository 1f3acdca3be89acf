import * as z from 'zod';
import { archiveSchema } from '../../lib/run/query/schemas/archive.ts';
import { unreadableObjectSchema } from '../../lib/run/query/schemas/object.ts';
import { phoneBackupSchema, policyStatusSchema } from '../../lib/run/query/schemas/policy.ts';
import { previewSchema } from '../../lib/run/query/schemas/preview.ts';
import {
  exportCallSchema,
  logLineSchema,
  runPhoneSchema,
  runSummarySchema,
  runViewSchema,
} from '../../lib/run/query/schemas/run.ts';
import { problemSchema } from '../../lib/http/problem.ts';
import { routes } from '../../lib/http/all-routes.ts';
import { table } from './markdown.ts';

/** The shapes that the command line and the HTTP API share, by name. */
const shapes = {
  RunSummary: runSummarySchema,
  RunView: runViewSchema,
  RunPhone: runPhoneSchema,
  LogLine: logLineSchema,
  ExportCall: exportCallSchema,
  PolicyStatus: policyStatusSchema,
  UnreadableObject: unreadableObjectSchema,
  PhoneBackup: phoneBackupSchema,
  Archive: archiveSchema,
  Preview: previewSchema,
  Problem: problemSchema,
} as const;

type Node = {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: string[];
  const?: unknown;
  anyOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  required?: string[];
};

/** Returns a table of fields for each shape and a table of the API's calls, by the names under which the template inserts them. */
export function shapeParts(): Record<string, string> {
  const parts: Record<string, string> = { calls: callTable() };
  for (const [name, schema] of Object.entries(shapes)) {
    const inherited = name === 'RunView' ? Object.keys(runSummarySchema.shape) : [];
    const rows = fieldRows(z.toJSONSchema(schema) as Node, '').filter(
      ([field = '']) =>
        !inherited.some((own) => field === `\`${own}\`` || field.startsWith(`\`${own}.`)),
    );
    parts[`shape ${name}`] = table(['Field', 'Type', ''], rows);
  }
  return parts;
}

function fieldRows(node: Node, prefix: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    const optional = node.required?.includes(name) === true ? '' : ', optional';
    const plain = child.anyOf?.find(({ type }) => type !== 'null') ?? child;
    const inside = plain.type === 'array' ? (plain.items ?? {}) : plain;
    const children = fieldRows(inside, plain.type === 'array' ? `${path}[].` : `${path}.`);
    const note = child.description ?? plain.description ?? '';
    return [
      [`\`${path}\``, `${typeOf(child)}${optional}`, note === INSTANT ? '' : note],
      ...children,
    ];
  });
}

const INSTANT = 'Time in UTC, ISO 8601.';

function typeOf(node: Node): string {
  const types = [node.type, ...(node.anyOf ?? []).map(({ type }) => type)].flat();
  const nullable = types.includes('null');
  const plain = node.anyOf?.find(({ type }) => type !== 'null') ?? node;
  return `${plainType(plain)}${nullable ? ' or null' : ''}`;
}

function plainType(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(' ');
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.format === 'date-time') return 'time';
  switch ([node.type].flat()[0]) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'true, false';
    case 'array':
      return node.items?.type === 'object' ? 'list' : `list of ${plainType(node.items ?? {})}`;
    case 'object':
      return 'object';
    default:
      return 'text';
  }
}

function callTable(): string {
  return table(
    ['Call', 'Scope', 'What for', 'Body', 'Query', 'Success', 'Problems'],
    routes.map(({ method, path, scope, summary, body, query, responses, problems }) => [
      `\`${method} ${path}\``,
      scope,
      summary,
      body === undefined ? '' : fieldsIn(body),
      fieldsIn(query),
      Object.entries(responses)
        .map(([status, { description }]) => `${status}: ${description}`)
        .join('<br>'),
      problems.join(', '),
    ]),
  );
}

function fieldsIn(schema: z.ZodType): string {
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Node;
  // Of a body with several forms, the plain one comes first.
  const { properties = {}, required = [] } = shape.anyOf?.[0] ?? shape;
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? `\`${name}\`` : `\`${name}\`?`))
    .join(', ');
}
