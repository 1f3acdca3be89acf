import type { RunEvent } from '../../ledger/run/events.ts';
import type { DriveDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import type { Chosen } from './choose-sample.ts';
import { type Verified, verifyPart } from './verify-archive.ts';

const MAX_ABSENT = 10;
const MAX_CHARACTERS = 200;

/**
 * Reads the chosen archives of a run to their end, one after the other, until `until` (epoch ms), and records what came of each. Of
 * one that is not read then, records how far it was. Returns whether all are read. Throws errors that concern more than one
 * archive.
 */
export async function readSample(
  { archives, clock }: Pick<DriveDeps, 'archives' | 'clock'>,
  run: OpenRun,
  chosen: readonly Chosen[],
  until: number,
): Promise<boolean> {
  const include = run.plan?.terms?.include ?? [];
  for (const { phoneId, attempt, archive } of chosen) {
    if (attempt.read !== undefined) continue;
    if (clock.now() >= until) return false;
    const own = { phone_id: phoneId, attempt: attempt.number };
    const isOver = (): boolean => clock.now() >= until;
    const from = attempt.readPart?.position;
    const verified = await verifyPart(archives, { ...archive, include }, { from, isOver });
    const at = clock.now();
    if ('position' in verified) {
      record(run, [{ type: 'read_part', at, ...own, position: verified.position }]);
      return false;
    }
    record(run, [{ type: 'read', at, ...own, ...contentOf(verified) }]);
  }
  return true;
}

type Content = Omit<Extract<RunEvent, { type: 'read' }>, 'type' | 'at' | 'phone_id' | 'attempt'>;

function contentOf(verified: Verified): Content {
  if (verified.result !== 'ok') {
    return { result: verified.result, message: verified.message.slice(0, MAX_CHARACTERS) };
  }
  const { absent, ...summary } = verified;
  const paths = absent.slice(0, MAX_ABSENT).map((path) => path.slice(0, MAX_CHARACTERS));
  return { ...summary, ...(paths.length === 0 ? {} : { absent: paths }) };
}
