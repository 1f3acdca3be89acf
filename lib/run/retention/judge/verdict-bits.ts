import { deleteReasons } from '../../../ledger/run/deleted-archives.ts';
import { keepReasons, type Verdict } from '../../../policy/retention/archive.ts';

const ALL = [...keepReasons, ...deleteReasons];
const KEEPS = (1 << keepReasons.length) - 1;

const TRASHED = 1 << 15;

/** Verdicts of millions of archives have to fit into memory: returns one as 16 bits, not 0 where there are rules. */
export function toBits({ archive, reasons }: Verdict<{ trashed?: boolean }>): number {
  const bits = archive.trashed === true ? TRASHED : 0;
  return reasons.reduce((all, reason) => all | (1 << ALL.indexOf(reason)), bits);
}

/** An archive without a reason to delete it is kept. */
export const isKept = (bits: number): boolean => (bits & ~TRASHED) === 0 || (bits & KEEPS) !== 0;

export const isTrashed = (bits: number): boolean => (bits & TRASHED) !== 0;

/** Returns the reasons of a verdict; of a leftover that is not due yet, what it is. */
export function reasonsOf(bits: number, leftover?: (typeof ALL)[number]): (typeof ALL)[number][] {
  const reasons = ALL.filter((_, index) => (bits & (1 << index)) !== 0);
  return reasons.length === 0 && leftover !== undefined ? [leftover] : reasons;
}

/** Returns why an archive is deleted. */
export function deleteReasonsOf(bits: number): (typeof deleteReasons)[number][] {
  return deleteReasons.filter((reason) => (bits & (1 << ALL.indexOf(reason))) !== 0);
}
