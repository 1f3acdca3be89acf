import type { Obs } from '../../lib/cloud/obs/obs.ts';
import { type ThawTier, thawTiers } from '../../lib/ledger/run/restore-order.ts';
import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import { visible } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { type OptionSpec, wrongUse } from '../program/command.ts';
import { fold } from '../text/fold.ts';
import { duration } from '../text/time.ts';
import { wordsOf } from '../words/words.ts';

export type ThawOptions = { thaw?: ThawTier };

const LOOK_EVERY_MS = 15_000;
const PRINT_EVERY_MS = 60_000;
const DAYS = 1;

/** `what`: what happens to the archives. */
export function thawOption(what: string): OptionSpec {
  return {
    flags: '--thaw <tier>',
    text: `${what}: expedited (minutes, costs more) or standard (hours)`,
    parse: tierValue,
  };
}

function tierValue(text: string): ThawTier {
  const tier = thawTiers.find((one) => one === text);
  if (tier !== undefined) return tier;
  throw wrongUse(`--thaw ${visible(text)} is not a tier`, `write ${thawTiers.join(' or ')}`);
}

/** Asks OBS to make an archive readable, once. Returns whether it cannot be read yet. Throws ServiceError. */
export async function askForThaw(
  obs: Pick<Obs, 'head' | 'restoreObject'>,
  { bucket, key }: Pick<ArchiveView, 'bucket' | 'key'>,
  tier: ThawTier,
): Promise<boolean> {
  const found = await obs.head(bucket, key);
  if (found?.cold !== true) return false;
  if (found.thawing !== true) await obs.restoreObject(bucket, key, { days: DAYS, tier });
  return true;
}

/** Waits until an archive in a cold storage class can be read, for a day. Returns at once for any other. Throws ServiceError. */
export async function thawArchive(
  io: Io,
  obs: Pick<Obs, 'head' | 'restoreObject'>,
  {
    bucket,
    key,
    phone_name,
    phone_id,
  }: Pick<ArchiveView, 'bucket' | 'key' | 'phone_name' | 'phone_id'>,
  tier: ThawTier,
): Promise<void> {
  const started = io.clock.now();
  const words = wordsOf(io).archive;
  let printedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    if (!(await askForThaw(obs, { bucket, key }, tier))) break;
    const now = io.clock.now();
    const since = duration(now - started, io.language);
    const text = `${visible(phone_name || phone_id)}  ${words.thawing(words.takes[tier], since)}`;
    if (io.errIsTerminal) io.status(text);
    else if (now - printedAt >= PRINT_EVERY_MS) {
      io.err(fold(text, io.errColumns));
      printedAt = now;
    }
    await io.clock.sleep(LOOK_EVERY_MS);
  }
  io.status('');
}
