/** Part of every secret that the tests plant. Letters and digits only, so that no encoding of texts changes it. */
export const MARK = 'PLaNt3d';

/** The mark in base64, for each of its three possible offsets. */
const inBase64 = [0, 1, 2].map((before) => {
  const text = Buffer.from(`${'x'.repeat(before)}${MARK}`).toString('base64');
  return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + MARK.length) * 4) / 3));
});

const inHex = Buffer.from(MARK).toString('hex');

/** What must not leak. The embedded cloud's addresses, IMEIs and properties are recognised without a mark. */
const leaks: [string, RegExp][] = [
  ['a planted secret', new RegExp(MARK, 'i')],
  ['a planted secret in base64', new RegExp(inBase64.join('|'))],
  ['a planted secret in hex', new RegExp(inHex, 'i')],
  [
    'a signature',
    /Signature=[0-9a-f]{16}|(?:SDK|AWS4)-HMAC-SHA256|x-amz-signature|\bv1,[\w+/]{43}=/i,
  ],
  ['a bearer token', /bearer +[\w.~+/-]{22}/i],
  ["a phone's address", /\b(?:10\.237|192\.168)\.\d{1,3}\.\d/],
  ["a phone's IMEI", /(?<!\w)86\d{13}(?!\w)/],
  ["a phone's property", /com\.cph\.mainkeys|ro\.serialno/],
];

const anyLeak = new RegExp(leaks.map(([, { source }]) => source).join('|'), 'i');

/** Returns the first leak in a text, with the text around it; undefined when there is none. */
export function leakIn(text: string): string | undefined {
  if (!anyLeak.test(text)) return undefined;
  for (const [what, pattern] of leaks) {
    const at = text.search(pattern);
    if (at >= 0) return `${what}: …${text.slice(Math.max(0, at - 80), at + 40)}…`;
  }
  return undefined;
}
