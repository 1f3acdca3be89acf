import { describe, expect, it } from 'vitest';
import { readPublication } from '../../../local/smn/publish-request.ts';

const structure = (parts: Record<string, unknown>) => ({
  message_structure: JSON.stringify({ default: 'd', ...parts }),
});
const outcomeOf = (body: unknown) => {
  try {
    readPublication(body);
    return 'accepted';
  } catch (error) {
    const { status, code } = error as { status: number; code: string };
    return `${status} ${code}`;
  }
};

const KB256 = 256 * 1024;

describe('readPublication', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', undefined, '400 SMN.0024'],
    ['a list', [], '400 SMN.0024'],
    ['no message', {}, '400 SMN.0024'],
    ['an empty message', { message: '' }, '400 SMN.0024'],
    ['a message of another type', { message: 5 }, '400 SMN.0024'],
    ['256 KB', { message: 'm'.repeat(KB256) }, 'accepted'],
    ['more than 256 KB', { message: 'm'.repeat(KB256 + 1) }, '403 SMN.0047'],
    ['more than 256 KB in bytes only', { message: 'é'.repeat(KB256 / 2 + 1) }, '403 SMN.0047'],
    ['a structure over 256 KB', structure({ email: 'm'.repeat(KB256) }), '403 SMN.0047'],
    ['a subject of 512 bytes', { subject: 'é'.repeat(256), message: 'm' }, 'accepted'],
    ['a longer subject', { subject: 'é'.repeat(256) + '.', message: 'm' }, '403 SMN.0047'],
    ['a structure that is not a text', { message_structure: { default: 'd' } }, '400 SMN.0024'],
    ['an invalid structure', { message_structure: '{"email":"e"}' }, '400 SMN.0021'],
    ['an invalid template name', { message_template_name: '-' }, '400 SMN.0032'],
    ['a lifetime of a week', { message: 'm', time_to_live: '604800' }, 'accepted'],
    ['a longer lifetime', { message: 'm', time_to_live: '604801' }, '400 SMN.0024'],
    ['a lifetime of 0', { message: 'm', time_to_live: '0' }, '400 SMN.0024'],
    ['a lifetime that is a number', { message: 'm', time_to_live: 3600 }, '400 SMN.0024'],
    ['invalid attributes', { message: 'm', message_attributes: ['a'] }, '400 SMN.0024'],
  ])('handles %s', (_, body, expected) => {
    expect(outcomeOf(body)).toBe(expected);
  });

  it('prefers the structure, then the template, then the message', () => {
    const texts = { message: 'm', message_template_name: 't' };
    expect(readPublication({ ...texts, ...structure({}) })).toMatchObject({
      message: null,
      message_structure: '{"default":"d"}',
    });
    expect(outcomeOf(texts)).toBe('404 SMN.0027');
  });
});
