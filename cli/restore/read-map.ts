import type { Io } from '../io/io.ts';
import { readInput } from '../io/read-text.ts';
import { wrongUse } from '../program/command.ts';

const MAX_BYTES = 1024 * 1024;

/** A line of the file: the phone whose archive is restored, and the phone that gets it, by id or name. */
export type MappedPhone = { source: string; target: string };

/**
 * Reads a file with a line for each phone: `source,target`. Empty lines, lines that begin with `#`, and a head `source,target` are
 * ignored. Throws wrong use for any other line.
 */
export async function readMap(
  io: Pick<Io, 'cwd' | 'readStdin'>,
  file: string,
): Promise<MappedPhone[]> {
  const text = await readInput(io, file, MAX_BYTES);
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => {
      const cells = line.split(',').map((cell) => cell.trim());
      const isHead = index === 0 && cells.join() === 'source,target';
      if (line.trim() === '' || line.startsWith('#') || isHead) return [];
      const [source = '', target = '', ...more] = cells;
      if (source !== '' && target !== '' && more.length === 0) return [{ source, target }];
      throw wrongUse(
        `${file}, line ${index + 1} is not "source,target"`,
        'name each phone by its id or its name',
      );
    });
}
