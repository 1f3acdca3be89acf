import { describe, expect, it } from 'vitest';
import {
  hashSecrets,
  readMarker,
  sameSecrets,
  withMarker,
} from '../../../../deploy/plugin/change/marker.js';

describe('the marker in a description', () => {
  it.each([
    { stage: 'prod', code: 'ab12', serviceDigest: 'cd34', secrets: 'c2FsdA.aGFzaA', triggers: [] },
    { stage: 'x', code: '', serviceDigest: '', secrets: '', triggers: [] },
    { stage: 'x', code: 'a', serviceDigest: 'b', secrets: '', triggers: ['0a1b2c3d', '4e5f6a7b'] },
  ])('is read as it was written: %o', (marker) => {
    expect(readMarker(withMarker('Moves [open] runs on', marker))).toEqual(marker);
  });

  it.each([undefined, null, '', 'A foreign function', 'x [phonevault stage=] y'])(
    'is not in %o',
    (text) => expect(readMarker(text)).toBeUndefined(),
  );
});

describe('the hash of encrypted settings', () => {
  it('matches the same settings in any order', () => {
    const hash = hashSecrets({ A: '1', B: '2' });
    expect(sameSecrets({ B: '2', A: '1' }, hash)).toBe(true);
    expect(sameSecrets({ A: '1', B: '3' }, hash)).toBe(false);
    expect(sameSecrets({ A: '1' }, hash)).toBe(false);
    expect(sameSecrets({}, hash)).toBe(false);
  });

  it('contains no setting, and differs each time', () => {
    const secrets = { TOKEN: 'planted-secret' };
    expect(hashSecrets(secrets)).not.toBe(hashSecrets(secrets));
    expect(hashSecrets(secrets)).not.toContain('planted');
  });

  it('is empty without settings', () => {
    expect(hashSecrets({})).toBe('');
    expect(sameSecrets({}, '')).toBe(true);
    expect(sameSecrets({ A: '1' }, '')).toBe(false);
    expect(sameSecrets({ A: '1' }, 'broken')).toBe(false);
  });
});
