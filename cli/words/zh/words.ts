import type { Words } from '../en/words.ts';
import { common } from './common.ts';
import { doctor } from './doctor.ts';
import { log } from './log.ts';
import { policy } from './policy.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';
import { watch } from './watch.ts';

/** What the commands print, in Chinese. */
export const chinese: Words = { common, run, policy, watch, restore, log, doctor };
