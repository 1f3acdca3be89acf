import { inspect } from 'node:util';
import { TransportError } from '../../lib/cloud/request/send.ts';
import { PhonevaultError } from '../../lib/errors.ts';
import { Problem } from '../../lib/http/problem.ts';
import { checkText } from './check-text.ts';

/** Distinct errors checked in one test. Fuzz tests make thousands. */
const MAX_PER_TEST = 500;

const made = new Map<string, Error>();
const known = new Set<string>();

/** Records every error of ours when it is created, caught or not: each constructor sets `name`, which calls the setter here. */
export function noteErrors(): void {
  for (const { prototype } of [PhonevaultError, TransportError, Problem]) {
    Object.defineProperty(prototype, 'name', {
      configurable: true,
      set(this: Error, value: string) {
        const own = { value, writable: true, configurable: true, enumerable: true };
        Object.defineProperty(this, 'name', own);
        const key = `${value} ${this.message}`;
        if (!known.has(key) && made.size < MAX_PER_TEST) made.set(key, this);
      },
    });
  }
}

/** Checks the errors created since the last call, with hints, stacks and causes. */
export function checkErrors(): void {
  for (const [key, error] of made) {
    known.add(key);
    checkText('error', `${error.message}\n${error.stack}\n${JSON.stringify(error)}`);
    checkText('error', inspect(error, { depth: 12, showHidden: true, maxStringLength: 100_000 }));
  }
  made.clear();
}
