import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { type Colours, colours } from '../../text/colour.ts';
import { fold } from '../../text/fold.ts';
import { pad, widthOf } from '../../text/width.ts';
import { sayIn } from '../../words/sentences/say.ts';
import { wordsOf } from '../../words/words.ts';
import { firstCause } from './causes.ts';
import { type Finding, nameOf, type Outcome, outcomes } from './finding.ts';

/** Returns a line a check, with the fix or the cause below it, and at the end a summary and what to fix first. */
export function findingsText(io: Io, findings: readonly Finding[]): string {
  const shown = visibleAll(findings.map((finding) => inWords(io, finding)));
  const lines = shown.map((finding) => findingText(io, finding));
  const first = firstCause(shown);
  const start = first === undefined ? [] : [startText(io, first, shown)];
  return [
    ...lines,
    '',
    ...[summaryText(io, findings), ...start].map((line) => fold(line, io.columns)),
  ].join('\n');
}

/** Returns a finding in the language of the reader; its data stays in English. */
function inWords({ language }: Io, finding: Finding): Finding {
  const { message, fix } = finding;
  return {
    ...finding,
    message: sayIn(language, message),
    ...(fix === undefined ? {} : { fix: sayIn(language, fix) }),
  };
}

function startText(io: Io, first: Finding, findings: readonly Finding[]): string {
  const { doctor: words, common } = wordsOf(io);
  const name = nameOf(first);
  const more = findings.filter(({ follows }) => follows === name).length;
  const all = more === 0 ? '' : common.note(words.followers(more));
  return `${words.fixFirst}${common.space}${colours(io).bold(name)}${common.colon}${first.message}${all}`;
}

function findingText(io: Io, finding: Finding): string {
  const { doctor: words, common } = wordsOf(io);
  const paint = colours(io);
  const { outcome, message, fix, follows } = finding;
  const width = Math.max(...outcomes.map((one) => widthOf(words.outcomes[one])));
  const indent = ' '.repeat(width + 2);
  const word = painter(outcome, paint)(pad(words.outcomes[outcome], width));
  const text = fold(
    `${word}  ${paint.bold(nameOf(finding))}${common.colon}${message}`,
    io.columns,
    indent,
  );
  const next =
    follows === undefined
      ? fix && paint.cyan(words.fix) + common.space + fix
      : paint.cyan(words.follows) + common.space + follows;
  return next === undefined ? text : `${text}\n${fold(indent + next, io.columns)}`;
}

function painter(outcome: Outcome, paint: Colours): (text: string) => string {
  switch (outcome) {
    case 'ok':
      return paint.green;
    case 'failed':
      return paint.red;
    case 'warning':
      return paint.yellow;
    case 'unknown':
    case 'skipped':
      return paint.dim;
  }
}

/** Returns "2 failed, 1 warning, …"; without a failure it says so. */
function summaryText(io: Io, findings: readonly Finding[]): string {
  const { doctor: words, common } = wordsOf(io);
  const number = (outcome: Outcome) => findings.filter((one) => one.outcome === outcome).length;
  const text = (['failed', 'warning', 'unknown', 'skipped', 'ok'] as const)
    .filter((outcome) => outcome === 'ok' || number(outcome) > 0)
    .map((outcome) => words.counted[outcome](number(outcome)))
    .join(common.comma);
  return number('failed') > 0 ? colours(io).red(text) : words.nothingFailed(text);
}
