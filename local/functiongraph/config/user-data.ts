import * as z from 'zod';
import { fss } from '../model/error.ts';

// functiongraph_01_0154
const RESERVED = /^RUNTIME_/;
const MAX_PAIRS = 20;
const MAX_CHARACTERS = 4_096;

const pairsSchema = z.record(z.string().regex(/^[A-Za-z]\w*$/), z.string());

export type UserData = Record<string, string>;

/** Parses user_data or encrypted_user_data, a JSON text that may be empty or absent. Throws FSS.1009. */
export function readUserData(text: string | null | undefined): UserData {
  if (text === undefined || text === null || text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fss('FSS.1009', 'not JSON');
  }
  const parsed = pairsSchema.safeParse(value);
  if (!parsed.success)
    throw fss('FSS.1009', String(parsed.error.issues[0]?.path[0] ?? 'not a map'));
  const reserved = Object.keys(parsed.data).find((name) => RESERVED.test(name));
  if (reserved !== undefined) throw fss('FSS.1009', `${reserved} is reserved`);
  return parsed.data;
}

/** Plain and encrypted variables together: at most 20 pairs and 4,096 characters. Throws FSS.1017, FSS.1018. */
export function checkUserData(plain: UserData, encrypted: UserData): void {
  const entries = [...Object.entries(plain), ...Object.entries(encrypted)];
  if (entries.length > MAX_PAIRS) throw fss('FSS.1017');
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > MAX_CHARACTERS) throw fss('FSS.1018');
}
