import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { FunctionDeps } from './deps.ts';
import { describeFunction } from './describe-function.ts';

const MAX_ITEMS = 400;

/** GET /functions: a page by `marker` and `maxitems`. `func_name` matches a part, `package_name` all of the name. */
export function listFunctions({ functions, place }: FunctionDeps, { query }: FgCall): FgResponse {
  const marker = readNumber(query.get('marker') ?? '0', 0);
  const maxitems = readNumber(query.get('maxitems') ?? String(MAX_ITEMS), 1);
  const part = query.get('func_name') ?? '';
  const group = query.get('package_name') ?? '';
  const matching = functions
    .list()
    .filter((record) => record.name.includes(part) && (group === '' || record.package === group));
  const page = matching.slice(marker, marker + maxitems);
  return {
    status: 200,
    body: {
      functions: page.map((record) => describeFunction(record, place)),
      next_marker: marker + page.length,
      count: matching.length,
    },
  };
}

function readNumber(text: string, min: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(number >= min)) throw fss('FSS.0400', 'marker or maxitems');
  return number;
}
