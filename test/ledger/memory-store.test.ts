import { memoryStore } from '../../lib/ledger/memory-store.ts';
import { playClock } from '../support/play-clock.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('memory', async () => memoryStore(playClock()));
