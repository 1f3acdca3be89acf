/**
 * What an error code of CPH means for an export (cph_api_0604, the error list of 2021 and fragments of later ones). CPH
 * reports every error with HTTP 400, so only the code distinguishes them.
 *
 * retry    retry under a new key, soon
 * wait     retry once the state of the phone or its server may have changed
 * final    the phone cannot be exported; a retry changes nothing
 * stop     nothing of the account can be exported: the run makes no more calls
 * split    the call held too many phones: send it in smaller calls
 * unknown  the lists that we could read do not have it. A refused submission is not repeated blindly; a failed job is
 */
export type CodeClass = 'retry' | 'wait' | 'final' | 'stop' | 'split' | 'unknown';

const BUSY = 'CPS.0042';
const INTERNAL = 'CPS.0003';
const NO_PROJECT = 'CPS.0001';

const CLASSES = {
  retry: [
    INTERNAL,
    'CPS.0011',
    BUSY,
    'CPS.0050',
    'CPS.0054',
    'CPS.0102',
    'CPS.0103',
    'CPS.0107',
    'CPS.0108',
    'CPS.0339',
    'CPS.0346',
  ],
  wait: ['CPS.0022', 'CPS.0099', 'CPS.0141', 'CPS.0158', 'CPS.0165'],
  stop: [NO_PROJECT, 'CPS.0006', 'CPS.0007', 'CPS.0008', 'CPS.0046'],
  split: ['CPS.0170', 'CPS.0190'],
  final: [
    'CPS.0002',
    'CPS.0004',
    'CPS.0005',
    'CPS.0009',
    'CPS.0010',
    'CPS.0015',
    'CPS.0016',
    'CPS.0048',
    'CPS.0049',
    'CPS.0053',
    'CPS.0065',
    'CPS.0077',
    'CPS.0080',
    'CPS.0081',
    'CPS.0097',
    'CPS.0104',
    'CPS.0117',
    'CPS.0118',
    'CPS.0134',
    'CPS.0135',
    'CPS.0156',
    'CPS.0159',
    'CPS.0161',
    'CPS.0167',
    'CPS.0168',
    'CPS.0169',
    'CPS.0171',
    'CPS.0172',
    'CPS.0196',
    'CPS.0199',
  ],
} as const satisfies Record<Exclude<CodeClass, 'unknown'>, readonly string[]>;

/** A code that has a class. */
export type CphCode = (typeof CLASSES)[keyof typeof CLASSES][number];

/** All codes that have a class. */
export const cphCodes: readonly CphCode[] = Object.values(CLASSES).flat();

const classByCode = new Map<string, CodeClass>(
  Object.entries(CLASSES).flatMap(([name, codes]) =>
    codes.map((code) => [code, name as CodeClass] as const),
  ),
);

const ABOUT_STATE = new Set<string>(['CPS.0022', 'CPS.0141', 'CPS.0165']);
const ABOUT_ONE_PHONE = new Set<string>([
  ...ABOUT_STATE,
  'CPS.0004',
  'CPS.0005',
  'CPS.0053',
  'CPS.0099',
]);

/** Returns the class of a code. */
export function classOfCode(code: string): CodeClass {
  return classByCode.get(code) ?? 'unknown';
}

/** True for a code about one phone. On a whole call it means that one of its phones caused the error. */
export function isAboutOnePhone(code: string): boolean {
  return ABOUT_ONE_PHONE.has(code);
}

/** True when the phone's state prevents the export: a retry is useful once the state has changed. */
export function isAboutState(code: string): boolean {
  return ABOUT_STATE.has(code);
}

/** True when CPH is busy. Its response for a phone with an export under way is not documented, and may be this. */
export function isBusyCode(code: string): boolean {
  return code === BUSY;
}

/** True for a restore call that is invalid, perhaps because it holds too many phones: no other code for that is known. */
export function isOversizedRestore(code: string): boolean {
  return code === 'CPS.0171';
}

/** True when the phone does not have the path that was to be exported. */
export function isMissingPath(code: string): boolean {
  return code === 'CPS.0199';
}

/** What these codes mean for any call to CPH. */
export const CPH_CODES = {
  accessDenied: [NO_PROJECT],
  transient: [INTERNAL, BUSY],
  /** An internal error does not say what CPH did before it. */
  mayHaveActed: [INTERNAL],
} as const;

/** How CPH says that the phone does not exist. */
export const NO_PHONE = ['CPS.0004', 'CPS.0005'] as const;

/** How CPH says that the server does not exist. */
export const NO_SERVER = ['CPS.0015', 'CPS.0016', 'CPS.0097', 'CPS.0156', 'CPS.0159'] as const;

/** How CPH says that there are no jobs under these request ids (yet). */
export const NO_JOBS = ['CPS.0011', 'CPS.0050'] as const;
