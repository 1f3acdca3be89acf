import type { ArchiveFilter } from '../../lib/run/query/archives.ts';
import type { Io } from '../io/io.ts';
import type { OptionSpec } from '../program/command.ts';
import { policyValue } from '../program/id-values.ts';
import { momentValue } from '../program/option-values.ts';

export type FilterOptions = { policy?: string; at?: (now: number) => number };

export const policyOption: OptionSpec = {
  flags: '--policy <name>',
  text: 'only archives of this policy',
  parse: policyValue,
};

/** Returns the option that ends a list of archives at some time. `what`: which archives it leaves. */
export function atOption(what: string): OptionSpec {
  return {
    flags: '--at <moment>',
    text: `${what} verified until then: 7d (ago), 2026-01-02 or 2026-01-02T03:04:05Z`,
    parse: momentValue,
  };
}

/** Returns the filter that the options of a command stand for, for all phones or one. */
export function filterOf(
  io: Pick<Io, 'clock'>,
  { policy, at }: FilterOptions,
  phone: string | undefined,
): Omit<ArchiveFilter, 'max'> {
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(policy === undefined ? {} : { policy }),
    ...(at === undefined ? {} : { at: at(io.clock.now()) }),
  };
}
