import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { getObject, isUnreadable } from '../../lib/ledger/store/object-error.ts';
import { type ValidationError, MAX_BYTES, parsePolicy } from '../../lib/policy/parse/parse.ts';
import { readYaml } from '../../lib/policy/parse/yaml.ts';
import { policyWarnings } from '../../lib/policy/schema/warnings.ts';
import * as fields from '../../lib/runtime/setting-fields.ts';
import { connect } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import { readInput } from '../io/read-text.ts';
import { type Upcoming, upcomingSlots } from './slots-text.ts';

export type Checked = {
  file: string;
  ok: boolean;
  /** The `name` in the policy. */
  policy?: string;
  errors: ValidationError[];
  /** What is allowed but hardly meant, in sentences. Missing when there is nothing. */
  warnings?: string[];
  /** Missing without a schedule. */
  slots?: Upcoming;
  /** The text of the file, to show lines of it. */
  source: string;
};

const AT_ONCE = 8;

type Ledger = { bucket: string; prefix: string } | undefined;

/** Checks files in the order of their paths; `-` is standard input. A file that cannot be read has one error. */
export async function checkFiles(io: Io, paths: readonly string[]): Promise<Checked[]> {
  const ledger = ledgerOf(io.env);
  const checked: Checked[] = [];
  for (const path of paths) {
    try {
      const source = await readInput(io, path, MAX_BYTES);
      checked.push(check(path === '-' ? '(stdin)' : path, source, { ledger, now: io.clock.now() }));
    } catch (error) {
      if (!(error instanceof PhonevaultError)) throw error;
      checked.push(unread(path, error));
    }
  }
  return checked;
}

/** Checks policies of the bucket: those named, or all. A policy that does not exist or cannot be read has one error. */
export async function checkBucket(
  io: Io,
  names: readonly string[] | undefined,
): Promise<Checked[]> {
  const { deps } = await connect(io);
  const { store, ledger } = deps;
  const keys =
    names?.map(layout.policy) ?? (await store.list(layout.policies)).map(({ key }) => key);
  const checked: Checked[] = [];
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    const batch = keys.slice(first, first + AT_ONCE).map(async (key) => {
      try {
        const object = await getObject(store, key);
        if (object !== undefined) return check(key, object.body, { ledger, now: io.clock.now() });
        return unread(key, new PhonevaultError('not_found', 'does not exist'));
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        return unread(key, error);
      }
    });
    checked.push(...(await Promise.all(batch)));
  }
  return checked;
}

/** Checks the text of a policy file. `now` is epoch ms. */
export function check(
  file: string,
  source: string,
  { ledger, now }: { ledger: Ledger; now: number },
): Checked {
  const policy = nameIn(source);
  // Standard input has no file name that the policy's name must match.
  const fileName = file === '(stdin)' ? (policy ?? file) : file;
  const result = parsePolicy(source, { fileName, ...(ledger === undefined ? {} : { ledger }) });
  const warnings = result.ok ? policyWarnings(result.policy, now) : [];
  const slots = result.ok ? upcomingSlots(result.policy, now) : undefined;
  return {
    file,
    ok: result.ok,
    ...(policy === undefined ? {} : { policy }),
    errors: result.ok ? [] : result.errors,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(slots === undefined ? {} : { slots }),
    source,
  };
}

function nameIn(source: string): string | undefined {
  if (source.length > MAX_BYTES) return undefined;
  const name = readYaml(source.replace(/^\uFEFF/, '')).value?.name;
  return typeof name === 'string' ? name : undefined;
}

function unread(file: string, error: PhonevaultError): Checked {
  const unreadable: ValidationError = {
    path: '',
    found: error.message,
    allowed: 'a policy file',
    message: `the file ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  return { file, ok: false, errors: [unreadable], source: '' };
}

/** Returns where archives must not be written, or undefined without PHONEVAULT_BUCKET. */
function ledgerOf(env: Io['env']): Ledger {
  const given = env.PHONEVAULT_BUCKET?.trim();
  if (!given) return undefined;
  const read = <T>(
    name: string,
    field: { safeParse(value: string): { data?: T } },
    value: string,
  ) => {
    const { data } = field.safeParse(value);
    if (data !== undefined) return data;
    throw new PhonevaultError('setting_invalid', `${name} is invalid`, {
      hint: 'correct or unset it',
    });
  };
  return {
    bucket: read('PHONEVAULT_BUCKET', fields.bucket, given),
    prefix: read(
      'PHONEVAULT_PREFIX',
      fields.prefix,
      env.PHONEVAULT_PREFIX?.trim() || 'phonevault/',
    ),
  };
}
