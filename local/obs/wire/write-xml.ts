/** An element with its children or its text; undefined omits it. */
export type Xml = [name: string, content: Xml[] | string | number | boolean | undefined];

/** Returns an XML document; `namespace` is set on its root. */
export function xmlDocument(root: Xml, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${element(root, attribute)}`;
}

function element([name, content]: Xml, attribute = ''): string {
  if (content === undefined) return '';
  const inner = Array.isArray(content)
    ? content.map((child) => element(child)).join('')
    : escapeXml(String(content));
  return `<${name}${attribute}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (char) => `&#${char.codePointAt(0)};`);
}
