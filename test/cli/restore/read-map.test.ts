import { describe, expect, it } from 'vitest';
import { readMap } from '../../../cli/restore/read-map.ts';

const read = (text: string) => readMap({ cwd: '/', readStdin: async () => text }, '-');

describe('readMap', () => {
  it('reads a source and a target from each line', async () => {
    const text = '\uFEFFsource,target\r\n# spare phones\r\ngame-1, test-1\n\ngame-2,test-2\n';
    expect(await read(text)).toEqual([
      { source: 'game-1', target: 'test-1' },
      { source: 'game-2', target: 'test-2' },
    ]);
  });

  it.each(['game-1', 'game-1,', 'a,b,c'])('refuses the line %s, with its number', async (line) => {
    await expect(read(`x,y\n${line}`)).rejects.toThrow('line 2');
  });
});
