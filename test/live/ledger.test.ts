import { randomBytes } from 'node:crypto';
import { beforeAll } from 'vitest';
import type { Obs } from '../../lib/cloud/obs/obs.ts';
import { obsStore } from '../../lib/ledger/store/obs-store.ts';
import { ledgerSuite } from '../ledger/ledger-suite.ts';
import { playClock } from '../../testing/play-clock.ts';
import { makeBucket, obsWith, sessionKeys } from './support/obs.ts';

const BUCKET = `ledger-${randomBytes(4).toString('hex')}`;
let obs: Obs;
let opened = 0;

/** A folder of its own for each, so that none sees another's objects. */
const open = async () => {
  opened += 1;
  return { store: obsStore(obs, BUCKET, `suite ${opened}/`), clock: playClock(Date.now()) };
};

beforeAll(async () => {
  await makeBucket(BUCKET);
  obs = obsWith(await sessionKeys(BUCKET));
});

ledgerSuite('radosgw with session keys', open, {
  conditional: 'honoured',
  creators: 20,
  rounds: 100,
  cases: 5,
});
