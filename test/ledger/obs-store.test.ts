import { describe, expect, it } from 'vitest';
import { night } from '../support/night.ts';
import { storeSuite } from './store-suite.ts';

for (const conditionalPut of ['honoured', 'ignored', 'refused'] as const) {
  storeSuite(`the embedded OBS, conditional PUT ${conditionalPut},`, async () => {
    const { invocation } = await night({ phones: 0, conditionalPut });
    return invocation().deps.store;
  });

  describe('tryConditional', () => {
    it(`sees that conditional PUT is ${conditionalPut}`, async () => {
      const { invocation } = await night({ phones: 0, conditionalPut });
      const { store } = invocation().deps;
      await store.put('a', 'one');
      expect(await store.tryConditional('a', 'one')).toBe(conditionalPut);
    });
  });
}
