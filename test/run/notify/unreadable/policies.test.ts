import { describe, expect, it } from 'vitest';
import { putUnreadablePolicy } from '../../../../lib/ledger/hints/unreadable-policy.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { checkUnreadablePolicies } from '../../../../lib/run/notify/unreadable/policies.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { inboxScene } from '../../../support/inbox-scene.ts';
import { MINUTE } from '../../../support/runs.ts';

const KEY = layout.policy('nightly');
const ID = 'policy-nightly';

async function scene() {
  const made = inboxScene();
  await made.store.put(KEY, 'name: nightly');
  await putUnreadablePolicy(made.store, { policy: 'nightly' });
  return { ...made, failing: withFailingStore(made.deps, 'get', undefined, KEY) };
}

describe('checkUnreadablePolicies', () => {
  it('lets a policy rest that drive cannot read either, and keeps its hint', async () => {
    const { deps, clock, failing, hints } = await scene();
    for (let minute = 0; minute < 3; minute += 1) {
      await checkUnreadablePolicies(failing, [ID]);
      await checkUnreadablePolicies(failing, [ID]);
      clock.move(2 * MINUTE);
    }
    expect(deps.unreadable.objects.get(KEY)).toMatchObject({ policy: 'nightly', attempts: 3 });
    expect(await hints()).toEqual([ID]);
  });

  it('removes the hint of a policy that can be read again, and forgets it', async () => {
    const { deps, clock, failing, hints } = await scene();
    await checkUnreadablePolicies(failing, [ID]);
    clock.move(MINUTE);
    await checkUnreadablePolicies(deps, [ID]);
    expect([deps.unreadable.objects.size, await hints()]).toEqual([0, []]);
  });

  it('removes the hint of a policy that is deleted', async () => {
    const { deps, store, hints } = await scene();
    await store.remove([KEY]);
    await checkUnreadablePolicies(deps, [ID]);
    expect(await hints()).toEqual([]);
  });

  it('leaves to the next drive what it does not get to in its time', async () => {
    const { deps, clock, hints } = await scene();
    await checkUnreadablePolicies({ ...deps, until: clock.now() }, [ID]);
    expect(await hints()).toEqual([ID]);
  });

  it('ignores hints of other kinds', async () => {
    const { deps, lines } = inboxScene();
    await checkUnreadablePolicies(deps, ['missed-nightly-20260102t000000z']);
    expect(lines).toEqual([]);
  });
});
