export type RunSerially = <T>(name: string, run: () => Promise<T>) => Promise<T>;

/** Runs tasks of the same name one after the other, in the order of the calls. */
export function createSerializer(): RunSerially {
  const tails = new Map<string, Promise<unknown>>();
  return (name, run) => {
    const before = tails.get(name);
    const result = before === undefined ? run() : before.then(run);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    return result;
  };
}
