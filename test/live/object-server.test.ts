import { objectServerSuite } from '../local/object-server/suite.ts';
import { server } from './support/obs.ts';

objectServerSuite('radosgw', async () => server(), { sessions: true });
