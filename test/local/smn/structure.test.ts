import { expect, it } from 'vitest';
import { checkStructure } from '../../../local/smn/structure.ts';

const structure = (parts: Record<string, unknown>) => JSON.stringify({ default: 'd', ...parts });
const ALL = { email: 'e', sms: 's', http: 'h', https: 'h', functiongraph: 'f' };

it.each([
  ['no JSON', 'default', false],
  ['no default', '{"email":"e"}', false],
  ['a list', '["default"]', false],
  ['a nested value', structure({ http: { a: 1 } }), false],
  ['an unknown protocol', structure({ pigeon: 'p' }), false],
  ['all protocols of the product', structure(ALL), true],
  ['an SMS of 490 characters', structure({ sms: '短'.repeat(490) }), true],
  ['an SMS of 491 characters', structure({ sms: 's'.repeat(491) }), false],
  ['an SMS with brackets', structure({ sms: '[nightly]' }), false],
  ['an SMS with wide brackets', structure({ sms: '【nightly' }), false],
])('accepts a message structure with %s: %s', (_, text, isValid) => {
  const check = () => checkStructure(text);
  if (isValid) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 'SMN.0021' }));
});
