import type { PhoneOutcome } from '../../../../ledger/run/report.ts';
import { firstRanges } from '../../../../name-ranges.ts';
import { type Cause, namesOf } from './causes.ts';
import type { Wording } from '../words/wording.ts';

/** How many causes a text names, and how many names of each. */
const LINE = { causes: 3, states: 5, names: { max: 4, characters: 90 } };
const LIST = { causes: 10, names: { max: 25, characters: 800 } };

/** Returns which phones and why, in one line: `game-0020 … 0023: CPH could not write to OBS, CPS.0107`. */
export function causeText(causes: readonly Cause[], wording: Wording): string {
  const shown = causes.slice(0, shownOf(causes, LINE.causes)).map((cause) => {
    const why = [cause.says, ...serviceCode(cause)].join(wording.comma);
    return `${namesText(cause, LINE.names, wording)}${wording.colon}${why}`;
  });
  return [...shown, ...restOf(causes, shown.length, wording)].join(wording.semicolon);
}

/** Returns which phones, in one line. */
export function phonesText(causes: readonly Cause[], wording: Wording): string {
  const names = namesOf(causes.flatMap(({ phones }) => phones));
  return namesText({ names }, LINE.names, wording);
}

/** Returns how many phones were skipped why, in one line: `1 stopped, 1 frozen`. */
export function skipText(causes: readonly Cause[], wording: Wording): string {
  const shown = causes
    .slice(0, shownOf(causes, LINE.states))
    .map(({ phones, says }) => wording.phonesThat(phones.length, says));
  return [...shown, ...restOf(causes, shown.length, wording)].join(wording.comma);
}

/** Returns the same in lines, with what to do. `count`: of the phones that ended so, also of those that are not known. */
export function causeLines(
  outcome: PhoneOutcome,
  count: number,
  causes: readonly Cause[],
  wording: Wording,
): string[] {
  if (causes.length === 0) return count === 0 ? [] : [wording.ended(outcome, count)];
  const shownFixes = new Set<string>();
  const shown = causes.slice(0, LIST.causes).flatMap((cause) => {
    const { says, phones, fix } = cause;
    const codes = codesOf(cause);
    const isNew = fix !== undefined && !shownFixes.has(fix);
    if (isNew) shownFixes.add(fix);
    return [
      `${wording.ended(outcome, phones.length)}${wording.colon}${says}${
        codes.length === 0 ? '' : wording.brackets(codes.join(wording.comma))
      }`,
      `  ${namesText(cause, LIST.names, wording)}`,
      ...(isNew ? [`  ${fix}`] : []),
    ];
  });
  return [...shown, ...restOf(causes, LIST.causes, wording)];
}

function namesText(
  { names }: Pick<Cause, 'names'>,
  limit: typeof LINE.names,
  wording: Wording,
): string {
  const { texts, more } = firstRanges(names, limit);
  const first = texts.join(wording.listComma);
  return more === 0 ? first : `${first} ${wording.andMore(more)}`;
}

/** The code of the service, or all that is known of an unknown reason. */
function serviceCode({ reason, code, isKnown }: Cause): string[] {
  return [isKnown ? undefined : reason, code].filter((one) => one !== undefined);
}

/** The codes, unless they are the words. */
function codesOf({ reason, code, says }: Cause): string[] {
  return [reason, code].filter((one) => one !== undefined && one !== says) as string[];
}

/** One cause more takes no more room than to say that there is one. */
const shownOf = (causes: readonly Cause[], max: number): number =>
  causes.length === max + 1 ? max + 1 : max;

function restOf(causes: readonly Cause[], shown: number, wording: Wording): string[] {
  const rest = causes.slice(shown);
  if (rest.length === 0) return [];
  const phones = rest.reduce((sum, cause) => sum + cause.phones.length, 0);
  return [wording.otherCauses(rest.length, phones)];
}
