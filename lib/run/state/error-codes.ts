/**
 * What an error code of the service means for an export (cph_api_0604, the error list of 2021 and fragments of
 * later ones). All CPS codes come with HTTP 400, so only the code tells them apart.
 *
 * retry    try again under a new key, soon
 * wait     try again once the phone's or server's state may have changed
 * final    this phone will not be exported; trying again changes nothing
 * stop     nothing of the account can be exported: no more calls for this run
 * split    the call held too many phones: cut it and send again
 */
export type CodeClass = 'retry' | 'wait' | 'final' | 'stop' | 'split';

const classes: Record<CodeClass, readonly string[]> = {
  retry: [
    'CPS.0003',
    'CPS.0011',
    'CPS.0042',
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
  stop: ['CPS.0001', 'CPS.0006', 'CPS.0007', 'CPS.0008', 'CPS.0046'],
  split: ['CPS.0170', 'CPS.0190'],
  final: [],
};

/** The system is busy. What CPH answers for a phone that is being exported already is not documented, and may be this. */
export const BUSY = 'CPS.0042';

const byCode = new Map(
  Object.entries(classes).flatMap(([name, codes]) =>
    codes.map((code) => [code, name as CodeClass] as const),
  ),
);

/** The class of a code; one that is not known is final: a submission is never repeated blindly. */
export function classify(code: string): CodeClass {
  return byCode.get(code) ?? 'final';
}

/** Codes that speak of one phone: on a whole call they mean that one of its phones is the culprit. */
export function aboutOnePhone(code: string): boolean {
  return onePhone.has(code);
}

/** Codes that say the phone is in a state in which it cannot be exported: its state tells when it is worth another try. */
export function aboutState(code: string): boolean {
  return ofState.has(code);
}

const ofState = new Set(['CPS.0022', 'CPS.0141', 'CPS.0165']);

const onePhone = new Set([
  'CPS.0004',
  'CPS.0005',
  'CPS.0022',
  'CPS.0053',
  'CPS.0099',
  'CPS.0141',
  'CPS.0165',
]);
