import { failed, ok, type Verdict, warning } from '../finding/finding.ts';

/** The versions of this Node.js, from `process.versions`. */
export type Versions = { node: string; tz?: string | undefined; icu?: string | undefined };

const MIN_NODE = 20;
const OLD_AFTER_YEARS = 2;

/** Checks the Node.js of this machine; the functions run on FunctionGraph's. */
export function judgeNode({ node }: Versions): Verdict {
  const major = Number.parseInt(node, 10);
  if (major >= MIN_NODE) return ok(`Node.js ${node}`);
  return failed(`Node.js ${node}`, `install Node.js ${MIN_NODE} or newer on this machine`);
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
