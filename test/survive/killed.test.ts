import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, Send } from '../../lib/cloud/request/send.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { between, createRandom, pick } from '../../local/simulation/random.ts';
import { diedBetweenTellingAndNoting, type Kill, mortals } from '../support/killable.ts';
import { pathsOf, play } from '../support/play.ts';
import { cancelledNight, EVENTFUL_END, eventfulNight } from '../support/scripts.ts';
import { countsOf, unsound } from '../support/invariants.ts';

const SEEDS = 30;

type Mode = NonNullable<CloudOptions['conditionalPut']>;

/** Plays the night with one death in it; what does not hold at its end. */
async function faultsOf(mode: Mode, kill?: Kill, random?: () => number): Promise<string[]> {
  const script = await eventfulNight(mode);
  const { world } = script;
  const all = mortals(world.send, kill, random);
  await play(script, all);
  const times = diedBetweenTellingAndNoting(all.lastWords()) ? 2 : 1;
  const faults = await unsound(world, {
    told: () => [times, times],
    refusals: true,
    rewritten: (key) => mode !== 'honoured' && /\/(?:plan|report)\.json$/.test(key),
  });
  const [counts] = Object.values(await countsOf(world));
  if (!isDeepStrictEqual(counts, EVENTFUL_END)) faults.push(`ended as ${JSON.stringify(counts)}`);
  return faults.length === 0 ? [] : [...faults, ...pathsOf(all.lastWords()).slice(-5)];
}

/** The calls of the night without a death, in order: up to its own, each night with one makes the same. */
async function callsOf(mode: Mode): Promise<HttpRequest[]> {
  const script = await eventfulNight(mode);
  const calls: HttpRequest[] = [];
  const send: Send = (request) => {
    calls.push(request);
    return script.world.send(request);
  };
  await play(script, mortals(send));
  return calls;
}

const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD';

// Every call where the bucket honours conditional PUT. The other way only what is created differs: every fifth.
describe.each<[Mode, number]>([
  ['honoured', 1],
  ['ignored', 5],
  ['refused', 7],
])('a run, conditional PUT %s, one call at a time', (mode, stride) => {
  it.each(['before', 'after'] as const)(
    'ends the same whichever call of all its invocations it is killed %s',
    async (when) => {
      const calls = await callsOf(mode);
      expect(calls.length).toBeGreaterThan(100);
      // A read whose answer is lost leaves behind what a read that was not made does: that is among those before.
      const numbers = calls.flatMap((call, index) =>
        when === 'after' && isRead(call) ? [] : [index + 1],
      );
      expect(numbers.length).toBeGreaterThan(30);
      for (const call of numbers.filter((_, index) => index % stride === 0)) {
        expect(await faultsOf(mode, { call, when }), `killed ${when} call ${call}`).toEqual([]);
      }
    },
  );
});

describe('a run that is asked for and cancelled, and outlived by a job', () => {
  it.each(['before', 'after'] as const)(
    'loses nothing whichever call of all its invocations is killed %s',
    async (when) => {
      for (let call = when === 'before' ? 1 : 2; ; call += 3) {
        const script = await cancelledNight('honoured');
        const all = mortals(script.world.send, { call, when });
        await play(script, all);
        if (all.calls() < call) return expect(call).toBeGreaterThan(100);
        const times = diedBetweenTellingAndNoting(all.lastWords()) ? 2 : 1;
        const faults = await unsound(script.world, { told: () => [times, times] });
        expect(faults, `killed ${when} call ${call}`).toEqual([]);
        const [counts] = Object.values(await countsOf(script.world));
        expect(counts, `killed ${when} call ${call}`).toMatchObject({ exported: 0 });
      }
    },
  );
});

describe('a run, calls under way together', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  it.each(seeds)(
    'ends the same, whatever of them arrives at once, later or never: seed %i',
    async (seed) => {
      const random = createRandom(seed, 'together');
      const mode = pick(random, ['honoured', 'ignored', 'refused'] as const);
      const kill: Kill = { call: between(random, 1, 110), when: pick(random, ['before', 'after']) };
      const told = `killed ${kill.when} call ${kill.call}, conditional PUT ${mode}`;
      expect(await faultsOf(mode, kill, random), told).toEqual([]);
    },
  );
});
