import { PhonevaultError } from '../../lib/errors.ts';
import { type RestoreOrder, restoreOrderSchema } from '../../lib/ledger/run/restore-order.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import type { Io } from '../io/io.ts';
import { wrongUse } from '../program/command.ts';
import type { ThawOptions } from '../archive/thaw-archive.ts';
import { findPhone } from './find-phone.ts';
import { type MappedPhone, readMap } from './read-map.ts';

export type RestoreOptions = ThawOptions & {
  run?: string;
  failedOnly?: boolean;
  at?: string;
  policy?: string;
  to?: string;
  map?: string;
  first?: number;
  safetyExport?: boolean;
  restart?: boolean;
  resetFirst?: boolean;
  checks?: boolean;
};

/** Returns the order of a command line. Names of phones become ids. Throws wrong use, and `not_found` for an unknown phone. */
export async function orderOf(
  io: Io,
  deps: Pick<RunDeps, 'cph' | 'store'>,
  phones: readonly string[],
  options: RestoreOptions,
): Promise<RestoreOrder> {
  checkUse(phones, options);
  const pairs = await pairsOf(io, phones, options);
  const ids = new Map<string, string>();
  for (const name of new Set(pairs.flatMap(({ source, target }) => [source, target]))) {
    ids.set(name, await findPhone(deps, name));
  }
  const targets = pairs.map(({ source, target }) => ({
    phone: ids.get(target) ?? target,
    ...(source === target ? {} : { source: ids.get(source) ?? source }),
  }));
  const { run, failedOnly, at, policy, first, resetFirst, thaw } = options;
  const parsed = restoreOrderSchema.safeParse({
    ...(targets.length === 0 ? {} : { targets }),
    ...{ run, at, policy, first, thaw },
    ...(failedOnly === true ? { failed_only: true } : {}),
    ...(resetFirst === true ? { reset_first: true } : {}),
    ...(options.checks === false ? { checks: false } : {}),
    safety_export: options.safetyExport ?? true,
    restart: options.restart ?? true,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PhonevaultError('event_invalid', `${issue?.path.join('.')}: ${issue?.message}`);
}

function checkUse(phones: readonly string[], { run, failedOnly, to, map }: RestoreOptions): void {
  if (failedOnly === true && run === undefined) {
    throw wrongUse('--failed-only needs --run', 'name the run whose phones are meant');
  }
  if (to !== undefined && phones.length !== 1) {
    throw wrongUse('--to needs one phone', 'use --map for several');
  }
  if (map !== undefined && (phones.length > 0 || to !== undefined)) {
    throw wrongUse('--map names all phones', 'leave the others out');
  }
  if (phones.length === 0 && run === undefined && map === undefined) {
    throw wrongUse('nothing to restore', 'name phones, --run or --map');
  }
}

async function pairsOf(
  io: Io,
  phones: readonly string[],
  { to, map }: RestoreOptions,
): Promise<MappedPhone[]> {
  if (map !== undefined) return readMap(io, map);
  return phones.map((phone) => ({ source: phone, target: to ?? phone }));
}
