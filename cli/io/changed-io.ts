import type { Io } from './io.ts';

/** Returns the same Io with some parts replaced. Getters of the others stay live. */
export function changedIo(io: Io, changes: Partial<Io>): Io {
  const parts = Object.entries(changes).map(([name, value]) => [name, { value, writable: true }]);
  return Object.create(io, Object.fromEntries(parts) as PropertyDescriptorMap) as Io;
}
