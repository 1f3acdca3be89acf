import { failed, ok, type Verdict, warning } from '../finding.ts';

/** What `process.versions` says of this Node.js. */
export type Versions = { node: string; tz?: string | undefined; icu?: string | undefined };

const LEAST_NODE = 20;
const OLD_YEARS = 2;

/** The Node.js of this machine; the functions have FunctionGraph's. */
export function judgeNode({ node }: Versions): Verdict {
  const major = Number.parseInt(node, 10);
  if (major >= LEAST_NODE) return ok(`Node.js ${node}`);
  return failed(`Node.js ${node}`, `install Node.js ${LEAST_NODE} or newer on this machine`);
}

/** The time zone data that slots are computed with here. `now` is epoch ms. */
export function judgeZones({ tz, icu }: Versions, now: number): Verdict {
  const release = /^(\d{4})[a-z]+$/.exec(tz ?? '')?.[1];
  const icuText = icu === undefined ? 'no ICU' : `ICU ${icu}`;
  if (release === undefined) {
    return failed(
      `no time zone data in this Node.js (${icuText})`,
      'use a Node.js built with full ICU: cron expressions need it',
    );
  }
  const age = new Date(now).getUTCFullYear() - Number(release);
  if (age < OLD_YEARS) return ok(`time zone data ${tz}, ${icuText}`);
  return warning(
    `time zone data ${tz} (${icuText}) is ${age} years old: slots shown here may be off where rules changed since`,
    'update Node.js on this machine',
  );
}
