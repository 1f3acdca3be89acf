import { expect, it } from 'vitest';
import { isHint } from '../../../lib/ledger/hints/hints.ts';
import {
  putUnreadablePolicy,
  readUnreadablePolicy,
} from '../../../lib/ledger/hints/unreadable-policy.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

it('asks drive once to look at the file of a policy', async () => {
  const store = memoryStore(playClock());
  await putUnreadablePolicy(store, { policy: 'nightly' });
  await putUnreadablePolicy(store, { policy: 'nightly' });
  const listed = await store.list('open/hints/');
  expect(listed.map(({ key }) => key)).toEqual(['open/hints/policy-nightly.json']);
  expect(await readUnreadablePolicy(store, 'policy-nightly')).toEqual({ policy: 'nightly' });
  expect(isHint('policy-nightly')).toBe(true);
});
