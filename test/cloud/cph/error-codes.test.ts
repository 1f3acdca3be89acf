import { describe, expect, it } from 'vitest';
import {
  classOfCode,
  type CodeClass,
  isAboutOnePhone,
  isAboutState,
  isBusyCode,
  isMissingPath,
} from '../../../lib/cloud/cph/error-codes.ts';

const classes: Record<CodeClass, string[]> = {
  retry: '0003 0011 0042 0050 0054 0102 0103 0107 0108 0339 0346'.split(' '),
  wait: '0022 0099 0141 0158 0165'.split(' '),
  stop: '0001 0006 0007 0008 0046'.split(' '),
  split: '0170 0190'.split(' '),
  final:
    '0002 0004 0005 0009 0010 0015 0016 0048 0049 0053 0065 0077 0080 0081 0097 0104 0117 0118 0134 0135 0156 0159 0161 0167 0168 0169 0171 0172 0196 0199'.split(
      ' ',
    ),
  unknown: '0191 0347 9999'.split(' '),
};
const ofOnePhone = '0004 0005 0022 0053 0099 0141 0165'.split(' ');
const ofState = '0022 0141 0165'.split(' ');

const all = Object.entries(classes).flatMap(([kind, codes]) =>
  codes.map((code) => [code, kind] as const),
);

describe('an error code', () => {
  it.each(all)('CPS.%s means %s', (code, kind) => {
    expect(classOfCode(`CPS.${code}`)).toBe(kind);
  });

  it.each(all)('CPS.%s speaks of one phone, of its state, or of neither', (code) => {
    expect(isAboutOnePhone(`CPS.${code}`)).toBe(ofOnePhone.includes(code));
    expect(isAboutState(`CPS.${code}`)).toBe(ofState.includes(code));
  });

  it.each(['', 'HTTP.404', 'cps.0042', 'toString'])(
    'that nobody knows (%j) is unknown, and of no phone',
    (code) => {
      expect(classOfCode(code)).toBe('unknown');
      expect(isAboutOnePhone(code)).toBe(false);
      expect(isAboutState(code)).toBe(false);
    },
  );

  it.each(all)('CPS.%s means a busy system or not', (code) => {
    expect(isBusyCode(`CPS.${code}`)).toBe(code === '0042');
  });

  it('CPS.0199 alone means that the path is missing', () => {
    expect(isMissingPath('CPS.0199')).toBe(true);
    expect(isMissingPath('CPS.0042')).toBe(false);
  });
});
