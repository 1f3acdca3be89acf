import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { type Colours, colours } from '../../text/colour.ts';
import { fold } from '../../text/fold.ts';
import { count } from '../../text/plural.ts';
import { pad } from '../../text/width.ts';
import { firstCause } from './causes.ts';
import { type Finding, nameOf, type Outcome, outcomes } from './finding.ts';

/** Returns a line a check, with the fix or the cause below it, and at the end a summary and what to fix first. */
export function findingsText(io: Io, findings: readonly Finding[]): string {
  const paint = colours(io);
  const shown = visibleAll(findings);
  const lines = shown.map((finding) => findingText(finding, io.columns, paint));
  const first = firstCause(shown);
  const start = first === undefined ? [] : [startText(first, shown, paint)];
  return [
    ...lines,
    '',
    ...[summaryText(findings, paint), ...start].map((line) => fold(line, io.columns)),
  ].join('\n');
}

function startText(first: Finding, findings: readonly Finding[], paint: Colours): string {
  const name = nameOf(first);
  const more = findings.filter(({ follows }) => follows === name).length;
  const all =
    more === 0
      ? ''
      : ` (${count(more, 'other finding')} ${more === 1 ? 'follows' : 'follow'} from it)`;
  return `Fix first: ${paint.bold(name)}: ${first.message}${all}`;
}

const WIDTH = Math.max(...outcomes.map((outcome) => outcome.length));

function findingText(finding: Finding, columns: number, paint: Colours): string {
  const { outcome, message, fix, follows } = finding;
  const name = nameOf(finding);
  const indent = ' '.repeat(WIDTH + 2);
  const line = `${pad(outcome, WIDTH)}  ${paint.bold(name)}: ${message}`;
  const painted = painter(outcome, paint)(line.slice(0, WIDTH)) + line.slice(WIDTH);
  const text = fold(painted, columns, indent);
  const next =
    follows === undefined
      ? fix && `${paint.cyan('fix:')} ${fix}`
      : `${paint.cyan('follows from:')} ${follows}`;
  return next === undefined ? text : `${text}\n${fold(indent + next, columns)}`;
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
function summaryText(findings: readonly Finding[], paint: Colours): string {
  const number = (outcome: Outcome) => findings.filter((one) => one.outcome === outcome).length;
  const parts = [
    number('failed') > 0 ? `${number('failed')} failed` : undefined,
    number('warning') > 0 ? count(number('warning'), 'warning') : undefined,
    number('unknown') > 0 ? `${number('unknown')} unknown` : undefined,
    number('skipped') > 0 ? `${number('skipped')} skipped` : undefined,
    `${number('ok')} ok`,
  ].filter((part) => part !== undefined);
  const text = parts.join(', ');
  return number('failed') > 0 ? paint.red(text) : `Nothing failed: ${text}.`;
}
