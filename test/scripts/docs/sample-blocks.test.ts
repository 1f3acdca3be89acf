import { describe, expect, it } from 'vitest';
import { sampleBlocks } from '../../../scripts/docs/sample-blocks.ts';

/** Returns the JSON of the block of one sample. */
async function jsonOf(value: unknown): Promise<unknown> {
  const { 'sample one': block = '' } = await sampleBlocks({ one: value });
  expect(block).toMatch(/^```json\n[^]*\n```$/);
  return JSON.parse(block.slice('```json\n'.length, -'```'.length));
}

describe('sampleBlocks', () => {
  it('shows a text as it is', async () => {
    expect(await sampleBlocks({ sms: 'a {b}' })).toEqual({ 'sample sms': '```text\na {b}\n```' });
  });

  it('cuts lists of the same kind after three entries, at any depth', async () => {
    expect(await jsonOf({ list: [{ ids: [1, 2, 3, 4] }, {}, {}, {}] })).toEqual({
      list: [{ ids: [1, 2, 3] }, {}, {}],
    });
  });

  it('keeps a list whose entries each show another kind', async () => {
    const phones = ['exported', 'failed', 'skipped', 'cancelled'].map((outcome) => ({ outcome }));
    expect(await jsonOf(phones)).toEqual(phones);
    expect(await jsonOf([...phones, { outcome: 'failed' }])).toHaveLength(3);
  });

  it('keeps a row of the catalogue, which mixes types', async () => {
    const row = [1, 2, 'a', 'b', 5];
    expect(await jsonOf(row)).toEqual(row);
  });

  it('rounds times, and names every invocation the same: pages differ only when formats do', async () => {
    const key = 'runs/a/log/0000000009-271a57edb689-00001.json';
    expect(await jsonOf({ at: 1.7, holder: 'a1b2c3d4e5f6', key, etag: 'a1b2c3d4e5f67' })).toEqual({
      at: 2,
      holder: 'c37aa3eb902f',
      key: 'runs/a/log/0000000009-c37aa3eb902f-00001.json',
      etag: 'a1b2c3d4e5f67',
    });
  });
});
