import { expect, it } from 'vitest';
import { filesOf } from '../../../../local/cph/world/world.ts';
import { cphFixture } from '../../support/cph.ts';

it('draws fleet and limits from the seed', () => {
  const facts = (seed: number) => {
    const { world } = cphFixture({ seed });
    return [world.fleet.order.map(({ id }) => id), world.limits];
  };
  expect(facts(1)).toEqual(facts(1));
  expect(facts(1)[0]).not.toEqual(facts(2)[0]);
});

it('gives the phones of a fleet of over 500 only a few files', () => {
  const filesIn = (phones: number) => {
    const { world, running } = cphFixture({ phones });
    return filesOf(world, running()[0]!).size;
  };
  expect([filesIn(500) > 10, filesIn(501)]).toEqual([true, 2]);
});

it('prefers a given fleet, and refuses unknown switches', () => {
  const fleet = { servers: [{ name: 's', tags: {}, phones: [{ name: 'only' }] }] };
  expect(
    cphFixture({ fleet, phones: 9 })
      .phones()
      .map(({ name }) => name),
  ).toEqual(['only']);
  expect(() => cphFixture({ switches: { edition: 'oldest' as never } })).toThrow('edition');
});
