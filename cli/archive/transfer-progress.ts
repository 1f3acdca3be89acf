import { visible } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { duration } from '../text/time.ts';
import { wordsOf } from '../words/words.ts';

const DRAW_EVERY_MS = 200;
const PRINT_EVERY_MS = 10_000;

export type TransferProgress = { add(bytes: number): void; stop(): void };

/** Shows on standard error how much of `total` bytes is read: a line that changes on a terminal, else a line every 10 s. */
export function createTransferProgress(io: Io, name: string, total: number): TransferProgress {
  const started = io.clock.now();
  const every = io.errIsTerminal ? DRAW_EVERY_MS : PRINT_EVERY_MS;
  const words = wordsOf(io).archive;
  let read = 0;
  let shownAt = started;
  return {
    add(bytes) {
      read += bytes;
      const now = io.clock.now();
      if (now - shownAt < every) return;
      shownAt = now;
      const percent = total === 0 ? 100 : Math.floor((100 * read) / total);
      const rate = `${size((read * 1_000) / (now - started))}/s`;
      const left = duration(((total - read) * (now - started)) / read, io.language);
      const done = words.transfer(size(read), size(total));
      const text = `${visible(name)}  ${percent} %  ${done}  ${rate}  ${words.left(left)}`;
      if (io.errIsTerminal) io.status(text);
      else io.err(fold(text, io.errColumns));
    },
    stop: () => io.status(''),
  };
}
