import { describe, expect, it } from 'vitest';
import { causesOf } from '../../../../../lib/run/notify/message/story/causes.ts';
import { failedPhone, skippedPhone } from '../samples.ts';

describe('causesOf', () => {
  it('groups phones by outcome, reason and code, the largest group first', () => {
    const phones = [
      skippedPhone('s', 'stopped'),
      failedPhone('b', { code: 'CPS.0103' }),
      failedPhone('a1'),
      failedPhone('a2'),
      failedPhone('a3'),
    ];
    const causes = causesOf(phones, 'en');
    expect(
      causes.map(({ says, code, names }) => [says, code, names.map(({ text }) => text)]),
    ).toEqual([
      ['CPH could not write to OBS', 'CPS.0107', ['a1 … 3']],
      ['CPH could not write to OBS', 'CPS.0103', ['b']],
      ['stopped', undefined, ['s']],
    ]);
    expect(causesOf([...phones].reverse(), 'en').map(({ code }) => code)).toEqual([
      ...['CPS.0107', 'CPS.0103', undefined],
    ]);
  });

  it('names a phone without a name by its id, also beside others', () => {
    const phones = ['1', '2', '3'].map((id) => failedPhone('', { phone_id: `0f${id}` }));
    expect(
      causesOf([...phones, failedPhone('game')], 'en')[0]?.names.map(({ text }) => text),
    ).toEqual([...['game', '0f1', '0f2', '0f3']]);
  });

  it('says so when it does not know a reason, and cuts what it was given', () => {
    const [cause] = causesOf(
      [failedPhone('a', { reason: 'r'.repeat(99), code: 'constructor' })],
      'zh',
    );
    expect(cause).toMatchObject({ says: '未知原因', isKnown: false, code: 'constructor' });
    expect(cause?.reason).toHaveLength(64);
  });

  it('has no causes without phones', () => {
    expect(causesOf([], 'en')).toEqual([]);
  });
});
