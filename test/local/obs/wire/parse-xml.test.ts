import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, textOf } from '../../../../local/obs/wire/parse-xml.ts';
import { xmlDocument } from '../../../../local/obs/wire/write-xml.ts';

const parse = (text: string) => parseXml(Buffer.from(text));

describe('parseXml', () => {
  it('reads elements, text and entities, and ignores declaration and attributes', () => {
    const root = parse(
      '<?xml version="1.0"?>\n<Delete xmlns="http://s3/"><Object><Key>a&amp;&#60;&#x1F600;</Key></Object><Quiet/></Delete>\n',
    );

    expect(root.name).toBe('Delete');
    expect(root.children.map(({ name }) => name)).toEqual(['Object', 'Quiet']);
    expect(textOf(root.children[0] ?? root, 'Key')).toBe('a&<\u{1F600}');
    expect(textOf(root, 'Absent')).toBeUndefined();
  });

  it('reads what xmlDocument writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        expect(textOf(parse(xmlDocument(['Root', [['Key', key]]], 'http://x/')), 'Key')).toBe(key);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['only text', 'abc'],
    ['two roots', '<a></a><b></b>'],
    ['text beside the root', '<a></a>b'],
    ['an open element', '<a><b></b>'],
    ['a wrong end tag', '<a></b>'],
    ['an extra end tag', '<a></a></a>'],
    ['a DTD', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ['an unknown entity', '<a>&e;</a>'],
    ['a bare ampersand', '<a>& </a>'],
    ['an invalid character reference', '<a>&#xD800;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['a reference to a control character', '<a>&#x1;</a>'],
    ['a comment', '<a><!-- x --></a>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a processing instruction', '<a><?php x ?></a>'],
    ['a declaration inside', '<a><?xml version="1.0"?></a>'],
    ['an attribute without quotes', '<a b=c></a>'],
    ['an entity in an attribute', '<a b="&amp;"></a>'],
    ['too deep', '<a>'.repeat(9) + '</a>'.repeat(9)],
    ['too many', `<a>${'<b/>'.repeat(50_000)}</a>`],
  ])('refuses %s', (_name, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseXml(Uint8Array.from([0x3c, 0xff]))).toThrow(/well-formed/);
  });
});
