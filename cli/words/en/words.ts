import { archive } from './archive.ts';
import { common } from './common.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { log } from './log.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import { restore } from './restore.ts';
import { retention } from './retention.ts';
import { run } from './run.ts';
import { cancel, watch } from './watch.ts';

/** What the commands print, in English. */
export const english = {
  common,
  run,
  policy,
  watch,
  restore,
  log,
  doctor,
  plan,
  retention,
  archive,
  cancel,
  init,
};

/** The texts of one language, by topic. */
export type Words = typeof english;
