import { describe, expect, it } from 'vitest';
import { firstCause, withCauses } from '../../../../cli/doctor/finding/causes.ts';
import {
  failed,
  type Finding,
  ok,
  unknown,
  warning,
} from '../../../../cli/doctor/finding/finding.ts';

const bad = (name: string): Finding => named(name, failed('is bad', 'mend it'));

function named(name: string, verdict: Omit<Finding, 'check' | 'subject'>): Finding {
  const [check = '', subject] = name.split(' ');
  return { check, ...(subject === undefined ? {} : { subject }), ...verdict };
}

const followersOf = (...findings: Finding[]): Record<string, string | undefined> =>
  Object.fromEntries(
    withCauses(findings).map(({ check, subject, follows }) => [
      [check, subject].filter(Boolean).join(' '),
      follows,
    ]),
  );

describe('withCauses', () => {
  it.each([
    ['endpoints smn', 'topic', true],
    ['endpoints smn', 'bucket b', false],
    ['endpoints obs', 'drive', true],
    ['clock', 'credentials', true],
    ['bucket b', 'access_obs', true],
    ['bucket b', 'policies', true],
    ['bucket b', 'versioning b', true],
    ['bucket b', 'versioning other', false],
    ['bucket b', 'topic', false],
    ['access_obs', 'objects', true],
    ['access_obs', 'bucket b', false],
    ['access_smn', 'topic', true],
    ['access_functiongraph', 'trigger phonevault-prod-drive', true],
    ['function phonevault-prod-drive', 'trigger phonevault-prod-drive', true],
    ['function phonevault-prod-drive', 'trigger phonevault-prod-schedule', false],
    ['trigger phonevault-prod-drive', 'drive', true],
    ['trigger phonevault-prod-schedule', 'runs', true],
    ['trigger phonevault-prod-http', 'runs', false],
    ['function', 'drive', true],
    ['drive', 'runs', true],
    ['runs', 'drive', false],
  ])('%s explains %s: %s', (cause, other, isExplained) => {
    const follows = followersOf(bad(other), bad(cause));
    expect(follows[other]).toBe(isExplained ? cause : undefined);
  });

  it('names the first of several causes', () => {
    const all = ['runs', 'drive', 'objects', 'access_obs', 'bucket b', 'endpoints obs'].map(bad);
    expect(followersOf(...all)).toEqual({
      ...{ runs: 'endpoints obs', drive: 'endpoints obs', objects: 'endpoints obs' },
      ...{ access_obs: 'endpoints obs', 'bucket b': 'endpoints obs', 'endpoints obs': undefined },
    });
  });

  it('marks what could not be found out, but neither warnings nor what is well', () => {
    const topic = [unknown('cut'), warning('nobody listens', 'subscribe'), ok('fine')];
    const marked = topic.map(
      (verdict) => withCauses([bad('access_smn'), named('topic', verdict)])[1]?.follows,
    );
    expect(marked).toEqual(['access_smn', undefined, undefined]);
  });

  it('leaves a test export that nobody asked for as it is', () => {
    const untested = named('delegation', unknown('only a test export shows it'));
    expect(followersOf(bad('bucket b'), untested)['delegation']).toBeUndefined();
  });

  it('takes a bucket that may not be looked at for no cause: the rights are apart', () => {
    const denied = { ...bad('bucket b'), denied: true as const };
    expect(followersOf(denied, bad('access_obs'))['access_obs']).toBeUndefined();
  });

  it('explains nothing by a warning', () => {
    const warned = named('function phonevault-prod-drive', warning('is odd', 'deploy'));
    expect(followersOf(warned, bad('drive'))['drive']).toBeUndefined();
  });
});

describe('firstCause', () => {
  it('is the failed finding that explains others before one that stands alone', () => {
    const findings = withCauses([bad('delegation b'), bad('runs'), bad('drive')]);
    expect(firstCause(findings)).toMatchObject({ check: 'drive' });
    expect(firstCause(withCauses([bad('delegation b'), bad('node')]))).toMatchObject({
      check: 'delegation',
    });
  });

  it('is nothing where nothing failed', () => {
    expect(firstCause([named('topic', warning('w', 'f'))])).toBeUndefined();
  });
});
