import { expect, it } from 'vitest';
import { readAttributes } from '../../../local/smn/attributes.ts';

const text = (value: unknown, name: unknown = 'a') => [{ name, type: 'STRING', value }];
const list = (value: unknown, type = 'STRING_ARRAY') => [{ name: 'a', type, value }];

it.each<[string, unknown[], boolean]>([
  ['none', [], true],
  ['letters, digits, Chinese', text('Ab_9中文'), true],
  ['a value of 32 characters', text('v'.repeat(32)), true],
  ['a value of 33 characters', text('v'.repeat(33)), false],
  ['an empty value', text(''), false],
  ['a dash', text('a-b'), false],
  ['a dot', text('a.b'), false],
  ['a colon', text('a:b'), false],
  ['a space', text('a b'), false],
  ['a number', text(1), false],
  ['an accent', text('é'), false],
  ['a name of 32 characters', text('v', 'n'.repeat(32)), true],
  ['a name of 33 characters', text('v', 'n'.repeat(33)), false],
  ['a name with a capital', text('v', 'Name'), false],
  ['a name with _ inside', text('v', 'a_b_2'), true],
  ['a name with _ at the start', text('v', '_a'), false],
  ['a name with _ at the end', text('v', 'a_'), false],
  ['a name with __', text('v', 'a__b'), false],
  ['no name', text('v', null), false],
  ['the same name twice', [...text('v'), ...text('w')], false],
  ['two names', [...text('v'), ...text('w', 'b')], true],
  ['a list of ten', list([...'abcdefghij']), true],
  ['a list of eleven', list([...'abcdefghijk']), false],
  ['an empty list', list([]), false],
  ['a list with a repeat', list(['a', 'a']), false],
  ['a text for a list', list('a'), false],
  ['protocols', list(['email', 'https'], 'PROTOCOL'), true],
  ['an unknown protocol', list(['pigeon'], 'PROTOCOL'), false],
  ['an unknown type', list(['a'], 'NUMBER'), false],
  ['no object', ['a'], false],
])('accepts attributes with %s: %s', (_, attributes, isValid) => {
  const read = () => readAttributes(attributes);
  if (isValid) expect(read()).toEqual(attributes);
  else expect(read).toThrow(expect.objectContaining({ status: 400, code: 'SMN.0024' }));
});
