import { inspect } from 'node:util';
import { TransportError } from '../../lib/cloud/request/send.ts';
import { PhonevaultError } from '../../lib/errors.ts';
import { Problem } from '../../lib/http/problem.ts';
import { witnessed } from './witness.ts';

/** Different ones; whoever makes up errors by the thousand makes up their texts, too. */
const MOST_A_TEST = 500;

const made = new Map<string, Error>();
const known = new Set<string>();

/**
 * Has every error of ours noted when it is made, caught or not: their constructors all set `name`, which meets a setter here.
 */
export function noteErrors(): void {
  for (const { prototype } of [PhonevaultError, TransportError, Problem]) {
    Object.defineProperty(prototype, 'name', {
      configurable: true,
      set(this: Error, value: string) {
        const own = { value, writable: true, configurable: true, enumerable: true };
        Object.defineProperty(this, 'name', own);
        const key = `${value} ${this.message}`;
        if (!known.has(key) && made.size < MOST_A_TEST) made.set(key, this);
      },
    });
  }
}

/** Looks at all that the errors tell that were made since the last time: with hints, stacks and causes. */
export function witnessErrors(): void {
  for (const [key, error] of made) {
    known.add(key);
    witnessed('error', `${error.message}\n${error.stack}\n${JSON.stringify(error)}`);
    witnessed('error', inspect(error, { depth: 12, showHidden: true, maxStringLength: 100_000 }));
  }
  made.clear();
}
