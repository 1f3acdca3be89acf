import { expect, it } from 'vitest';
import { createSerializer } from '../../../../local/obs/storage/serializer.ts';

it('runs tasks of one name one after the other, also after a failure, and others at once', async () => {
  const serially = createSerializer();
  const events: string[] = [];
  let release = () => undefined as void;
  const task = (name: string, wait: Promise<void>) => async () => {
    events.push(`${name} starts`);
    await wait;
    events.push(`${name} ends`);
  };
  const gate = new Promise<void>((resolve) => (release = resolve));
  const first = serially('k', async () => {
    await task('first', gate)();
    throw new Error('no');
  });
  const second = serially('k', task('second', Promise.resolve()));
  await serially('other', task('other', Promise.resolve()));
  expect(events).toEqual(['first starts', 'other starts', 'other ends']);
  release();
  await expect(first).rejects.toThrow('no');
  await second;
  expect(events.slice(3)).toEqual(['first ends', 'second starts', 'second ends']);
});
