import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import { describeFunction } from './describe-function.ts';

const MOST = 400;

/** GET /functions: a page by `marker` and `maxitems`; `func_name` matches a part, `package_name` the whole. */
export function listFunctions({ functions, place }: FgDeps, { query }: FgCall): FgAnswer {
  const marker = readNumber(query.get('marker') ?? '0', 0);
  const maxitems = readNumber(query.get('maxitems') ?? String(MOST), 1);
  const part = query.get('func_name') ?? '';
  const group = query.get('package_name') ?? '';
  const matching = functions
    .list()
    .filter((record) => record.name.includes(part) && (group === '' || record.package === group));
  const page = matching.slice(marker, marker + maxitems);
  return {
    status: 200,
    body: {
      functions: page.map((record) => describeFunction(record, record.head, place)),
      next_marker: marker + page.length,
      count: matching.length,
    },
  };
}

function readNumber(text: string, least: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(number >= least)) throw fss('FSS.0400', 'marker or maxitems');
  return Math.max(number, least);
}
