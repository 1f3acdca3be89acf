import { type ValidationError, type Finding, type Path, pathText } from './validation-error.ts';
import { findingsOf } from './findings.ts';
import { type Position, positionsIn } from './position.ts';
import { type RuleContext, ruleFindings } from '../schema/rules/rules.ts';
import { type Policy, policySchema } from '../schema/schema.ts';
import { readYaml } from './yaml.ts';

export type { ValidationError } from './validation-error.ts';

export type ParseResult = { ok: true; policy: Policy } | { ok: false; errors: ValidationError[] };

/** Largest policy file, in bytes. */
export const MAX_BYTES = 256 * 1024;
const MAX_ERRORS = 200;

type Placed = Finding & { offset: number };

/**
 * Parses and validates a policy file. Returns the policy with all defaults, or the first 200 errors in the order of the
 * file. `fileName` may include folders. Archives must not be written into `ledger`. Never throws.
 */
export function parsePolicy(text: string, context: RuleContext): ParseResult {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) return tooLarge(bytes);
  const source = text.replace(/^\uFEFF/, '');
  const { value, problems, offsetOf } = readYaml(source);
  if (value === undefined) return invalid(source, problems);

  const parsed = policySchema.safeParse(value);
  const isReported = pathTest(problems.map(({ path }) => path));
  const issues = parsed.success ? [] : findingsOf(parsed.error.issues, value);
  const findings = issues.filter(({ path }) => !isReported(path));
  const broken = pathTest([...problems, ...findings].map(({ path }) => path));
  findings.push(...ruleFindings(value, context, broken));
  if (parsed.success && problems.length === 0 && findings.length === 0) {
    return { ok: true, policy: parsed.data };
  }
  const placed = findings.map((found) => ({ ...found, offset: offsetOf(found.path, found.at) }));
  return invalid(source, [...problems, ...placed]);
}

function pathTest(paths: readonly Path[]): (path: Path) => boolean {
  const texts = new Set(paths.map((path) => JSON.stringify(path)));
  return (path) => texts.has(JSON.stringify(path));
}

function invalid(source: string, placed: readonly Placed[]): ParseResult {
  const positionOf = positionsIn(source);
  const first = [...placed].sort((a, b) => a.offset - b.offset).slice(0, MAX_ERRORS);
  return { ok: false, errors: first.map((error) => toError(error, positionOf(error.offset))) };
}

function toError(
  { path, message, found, allowed, hint }: Placed,
  position: Position,
): ValidationError {
  const field = pathText(path);
  return {
    path: field,
    ...position,
    found: found ?? 'nothing',
    allowed,
    message: field === '' ? message : `${field}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function tooLarge(bytes: number): ParseResult {
  const found = `${bytes} bytes`;
  const allowed = `at most ${MAX_BYTES} bytes`;
  return { ok: false, errors: [{ path: '', message: 'the file is too large', found, allowed }] };
}
