import { failed, ok, type Verdict, warning } from '../finding/finding.ts';

/** The versions of this Node.js, from `process.versions`. */
export type Versions = { node: string; tz?: string | undefined; icu?: string | undefined };

/** The first minor version of each major one, as `engines` of package.json says; all newer major versions are allowed. */
const FIRST_MINOR = new Map([
  [20, 19],
  [22, 13],
]);
const NEWEST = 24;
const OLD_AFTER_YEARS = 2;

/** Checks the Node.js of this machine; the functions run on FunctionGraph's. */
export function judgeNode({ node }: Versions): Verdict {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isAllowed = major >= NEWEST || minor >= (FIRST_MINOR.get(major) ?? Infinity);
  if (isAllowed) return ok(`Node.js ${node}`);
  return failed(`Node.js ${node}`, `install Node.js ${NEWEST} or newer on this machine`);
}

/** Checks the time zone data that computes slots on this machine. `now` is epoch ms. */
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
  if (age < OLD_AFTER_YEARS) return ok(`time zone data ${tz}, ${icuText}`);
  return warning(
    `time zone data ${tz} (${icuText}) is ${age} years old: slots shown here may be wrong where time zone rules changed`,
    'update Node.js on this machine',
  );
}
