import { expect, it } from 'vitest';
import { xmlDocument } from '../../../../local/obs/wire/write-xml.ts';

it('writes elements with a namespace, escapes text and omits undefined', () => {
  const root = [
    'Root',
    [
      ['A', 'x & <y>\u0001'],
      ['B', undefined],
      ['C', [['D', false]]],
    ],
  ];
  expect(xmlDocument(root as never, 'http://x/?a&b')).toBe(
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
      '<Root xmlns="http://x/?a&#38;b"><A>x &#38; &#60;y&#62;&#1;</A><C><D>false</D></C></Root>',
  );
});
