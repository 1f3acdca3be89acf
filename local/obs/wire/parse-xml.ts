import { malformedXml } from './error.ts';

export type XmlElement = { name: string; text: string; children: XmlElement[] };

const MAX_DEPTH = 8;
const MAX_ELEMENTS = 50_000;

const TOKEN = /<\?xml[^<>]*\?>|<(\/?)([A-Za-z][\w.-]{0,63})([^<>]*?)(\/?)>|([^<]+)/y;
const ATTRIBUTES = /^(?:\s+[A-Za-z][\w:.-]*\s*=\s*(?:"[^"&<]*"|'[^'&<]*'))*\s*$/;
// Not allowed in XML 1.0, not even as a reference: servers refuse a key with one.
const FORBIDDEN_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Parses a request body and returns its root element. Supports elements, attributes (ignored), text and the five entities
 * of XML. A DTD or anything else is MalformedXML.
 */
export function parseXml(body: Uint8Array): XmlElement {
  const source = decodeUtf8(body);
  const document: XmlElement = { name: '', text: '', children: [] };
  const path = [document];
  let elements = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(source);
    const parent = path.at(-1);
    if (token === null || parent === undefined) throw malformedXml();
    const [, closing, name, attributes = '', selfClosing, text] = token;
    if (text !== undefined) {
      if (path.length === 1 && text.trim() !== '') throw malformedXml();
      parent.text += resolveEntities(text);
    } else if (name === undefined) {
      if (start !== 0) throw malformedXml();
    } else if (closing === '/') {
      if (parent.name !== name || attributes.trim() !== '' || selfClosing) throw malformedXml();
      path.pop();
    } else {
      elements += 1;
      const isInvalid = !ATTRIBUTES.test(attributes) || elements > MAX_ELEMENTS;
      if (isInvalid || path.length > MAX_DEPTH) throw malformedXml();
      const element: XmlElement = { name, text: '', children: [] };
      parent.children.push(element);
      if (!selfClosing) path.push(element);
    }
  }
  const [root, ...others] = document.children;
  if (path.length !== 1 || root === undefined || others.length > 0) throw malformedXml();
  return root;
}

/** Returns the text of the child with that name, undefined without one. Throws MalformedXML if there are several. */
export function textOf(element: XmlElement, name: string): string | undefined {
  const found = element.children.filter((child) => child.name === name);
  if (found.length > 1 || (found[0]?.children.length ?? 0) > 0) throw malformedXml();
  return found[0]?.text;
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return checkCharacters(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw malformedXml();
  }
}

function checkCharacters(text: string): string {
  if (FORBIDDEN_CHARACTER.test(text)) throw malformedXml();
  return text;
}

function resolveEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,5}));|&/gi,
    (_all, hex, dec, name) => {
      if (typeof name === 'string') {
        const char = ENTITIES[name];
        if (char === undefined) throw malformedXml();
        return char;
      }
      const code = typeof hex === 'string' ? parseInt(hex, 16) : Number(dec);
      if (!(code <= 0x10ffff)) throw malformedXml();
      return checkCharacters(String.fromCodePoint(code));
    },
  );
}
