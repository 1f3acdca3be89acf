import { policyJsonSchema } from '../../lib/policy/schema/json-schema.ts';

type FieldNode = {
  type?: string;
  format?: string;
  pattern?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: string[];
  required?: string[];
  items?: FieldNode;
  properties?: Record<string, FieldNode>;
  additionalProperties?: FieldNode | false;
};

/** A field of a policy: its dotted path and its JSON Schema. */
export type PolicyField = { path: string; node: FieldNode; required: boolean };

/** Returns all fields of a policy file, parents before their children, in the order of the schema. */
export function policyFields(): PolicyField[] {
  return fieldsOf(policyJsonSchema(), '');
}

function fieldsOf(node: FieldNode, prefix: string): PolicyField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    const field = { path, node: child, required: node.required?.includes(name) === true };
    return [field, ...fieldsOf(child, `${path}.`)];
  });
}

/** Returns the type of a field as the reference page names it. */
export function typeOf(node: FieldNode): string {
  if (node.enum !== undefined) return 'string';
  if (node.format === 'date-time') return 'date and time';
  if (node.pattern?.endsWith('s)?$') === true) return 'duration';
  switch (node.type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'integer';
    case 'array':
      return 'list';
    case 'object':
      return node.properties === undefined ? 'mapping of lists' : 'mapping';
    default:
      return 'string';
  }
}
