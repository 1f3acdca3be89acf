import { PhonevaultError } from '../../errors.ts';
import { layout } from '../../ledger/store/layout.ts';
import { getListed } from '../../ledger/store/object-error.ts';
import { type ParseResult, parsePolicy, type ValidationError } from '../../policy/parse/parse.ts';
import type { RunDeps } from '../deps.ts';

type PolicyFile = { text: string; etag: string; parsed: ParseResult };

/**
 * Reads and parses a policy file of the bucket. Returns undefined when the file does not exist. Throws ObjectError. An invalid
 * file is read twice: one response may be corrupted.
 */
export async function readPolicy(
  deps: Pick<RunDeps, 'ledger'> & { store: Pick<RunDeps['store'], 'get' | 'list'> },
  policy: string,
): Promise<PolicyFile | undefined> {
  const first = await readOnce(deps, policy);
  return first?.parsed.ok === false ? readOnce(deps, policy) : first;
}

async function readOnce(
  deps: Parameters<typeof readPolicy>[0],
  policy: string,
): Promise<PolicyFile | undefined> {
  const object = await getListed(deps.store, layout.policy(policy));
  if (object === undefined) return undefined;
  const { body: text, etag } = object;
  return { text, etag, parsed: parsePolicyText(deps, policy, text) };
}

/** Parses the text of a policy file. Archives must not be written into the ledger of `deps`. */
export function parsePolicyText(
  { ledger }: Pick<RunDeps, 'ledger'>,
  policy: string,
  text: string,
): ParseResult {
  return parsePolicy(text, { fileName: `${policy}.yaml`, ledger });
}

/** A policy file that cannot be used, with all its validation errors. */
export class PolicyInvalid extends PhonevaultError {
  readonly errors: ValidationError[];

  constructor(policy: string, errors: ValidationError[]) {
    super('policy_invalid', `policy ${policy} is invalid\n${errors.map(lineOf).join('\n')}`, {
      hint: 'Fix the policy file and check it with `phonevault validate`.',
    });
    this.errors = errors;
  }
}

function lineOf({ line, column, message, hint }: ValidationError): string {
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
  return `${place}${message}${hint === undefined ? '' : `. ${hint}`}`;
}
