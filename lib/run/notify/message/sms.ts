import { cutText } from '../../../visible.ts';

/** One text message holds so many characters of GSM 03.38, or so many of UCS-2 as soon as one other character is among them. */
const GSM_CHARACTERS = 160;
const UCS2_CHARACTERS = 70;

const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These count as two. */
const GSM_EXTENSION = '^{}\\[~]|€';

/** Returns whether a text fits into one text message. */
function fits(text: string): boolean {
  let septets = 0;
  for (const char of text) {
    if (GSM.includes(char)) septets += 1;
    else if (GSM_EXTENSION.includes(char)) septets += 2;
    else return text.length <= UCS2_CHARACTERS;
  }
  return septets <= GSM_CHARACTERS;
}

/**
 * Returns the first of the texts, the longest first, that fits into one text message; the last one cut if none does. No text has the
 * brackets that SMN forbids (smn_01_0004).
 */
export function smsText(texts: readonly string[]): string {
  const plain = texts.map(plainText);
  const found = plain.find(fits);
  if (found !== undefined) return found;
  let last = plain.at(-1) ?? '';
  while (!fits(last)) last = cutText(last, last.length - 1);
  return last;
}

/** A dash and three dots would make every character count as one of UCS-2. */
function plainText(text: string): string {
  return text
    .replaceAll(' … ', '..')
    .replaceAll('…', '..')
    .replaceAll('×', 'x')
    .replaceAll('`', "'")
    .replaceAll(/[[【]/g, '(')
    .replaceAll(/[\]】]/g, ')');
}
