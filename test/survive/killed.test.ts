import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, Send } from '../../lib/cloud/request/send.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { between, createRandom, pick } from '../../local/simulation/random.ts';
import {
  createKillable,
  type Kill,
  killedBetweenPublishAndLog,
  pathsOf,
} from './support/killable.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';
import { playScript } from './support/play-script.ts';
import { cancelledNight, EVENTFUL_END, eventfulNight } from './support/scripts.ts';
import { countsOf, violations } from './support/invariants.ts';
import { STRIDE } from './support/stride.ts';

const SEEDS = 30;

type Mode = NonNullable<CloudOptions['conditionalPut']>;

/** Plays the night with one kill and returns what it violates. */
async function violationsAfter(mode: Mode, kill?: Kill, random?: () => number): Promise<string[]> {
  const script = await eventfulNight(mode);
  const { world } = script;
  const killable = createKillable(world.send, kill, random);
  await playScript(script, killable);
  const times = killedBetweenPublishAndLog(killable.callsOfKilled()) ? 2 : 1;
  const found = await violations(world, {
    messages: () => [times, times],
    refusals: true,
    rewritten: (key) => mode !== 'honoured' && /\/(?:plan|report)\.json$/.test(key),
  });
  const [counts] = Object.values(await countsOf(world));
  if (!isDeepStrictEqual(counts, EVENTFUL_END)) found.push(`ended as ${JSON.stringify(counts)}`);
  return found.length === 0 ? [] : [...found, ...pathsOf(killable.callsOfKilled()).slice(-5)];
}

/** The calls of the night without a kill, in order: a night with one makes the same calls up to it. */
async function callsOf(mode: Mode): Promise<HttpRequest[]> {
  const script = await eventfulNight(mode);
  const calls: HttpRequest[] = [];
  const send: Send = (request) => {
    calls.push(request);
    return script.world.send(request);
  };
  await playScript(script, createKillable(send));
  return calls;
}

const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD';

// Where the bucket does not honour conditional PUT only creating objects differs: fewer calls.
describe.each<[Mode, number]>([
  ['honoured', STRIDE],
  ['ignored', 5],
  ['refused', 7],
])('a run, conditional PUT %s, one call at a time', (mode, stride) => {
  useLightS3();

  it.each(['before', 'after'] as const)(
    'ends the same when any of its invocations is killed %s any call',
    async (when) => {
      const calls = await callsOf(mode);
      expect(calls.length).toBeGreaterThan(100);
      // A kill after a read leaves behind what a kill before it does.
      const numbers = calls.flatMap((call, index) =>
        when === 'after' && isRead(call) ? [] : [index + 1],
      );
      expect(numbers.length).toBeGreaterThan(30);
      for (const call of numbers.filter((_, index) => index % stride === 0)) {
        expect(await violationsAfter(mode, { call, when }), `killed ${when} call ${call}`).toEqual(
          [],
        );
      }
    },
  );
});

describe('a run that is cancelled and outlived by a job', () => {
  useLightS3();

  it.each(['before', 'after'] as const)(
    'loses nothing when any of its invocations is killed %s any call',
    async (when) => {
      for (let call = when === 'before' ? 1 : 2; ; call += 3) {
        const script = await cancelledNight('honoured');
        const killable = createKillable(script.world.send, { call, when });
        await playScript(script, killable);
        if (killable.calls() < call) return expect(call).toBeGreaterThan(100);
        const times = killedBetweenPublishAndLog(killable.callsOfKilled()) ? 2 : 1;
        const found = await violations(script.world, { messages: () => [times, times] });
        expect(found, `killed ${when} call ${call}`).toEqual([]);
        const [counts] = Object.values(await countsOf(script.world));
        expect(counts, `killed ${when} call ${call}`).toMatchObject({ exported: 0 });
      }
    },
  );
});

describe('a run with several calls in flight', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  it.each(seeds)(
    'ends the same when it is killed and the calls in flight arrive at once, late or never: seed %i',
    async (seed) => {
      const random = createRandom(seed, 'together');
      const mode = pick(random, ['honoured', 'ignored', 'refused'] as const);
      const kill: Kill = { call: between(random, 1, 110), when: pick(random, ['before', 'after']) };
      const sample = `killed ${kill.when} call ${kill.call}, conditional PUT ${mode}`;
      expect(await violationsAfter(mode, kill, random), sample).toEqual([]);
    },
  );
});
