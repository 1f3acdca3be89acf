import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { type Colours, colours } from '../../text/colour.ts';
import { fold } from '../../text/fold.ts';
import { count } from '../../text/plural.ts';
import { pad } from '../../text/width.ts';
import { type Finding, type Outcome, outcomes } from './finding.ts';

/** Returns a line a check, with the fix below it, and a summary at the end. */
export function findingsText(io: Io, findings: readonly Finding[]): string {
  const paint = colours(io);
  const lines = visibleAll(findings).map((finding) => findingText(finding, io.columns, paint));
  return [...lines, '', fold(summaryText(findings, paint), io.columns)].join('\n');
}

const WIDTH = Math.max(...outcomes.map((outcome) => outcome.length));

function findingText(
  { check, subject, outcome, message, fix }: Finding,
  columns: number,
  paint: Colours,
): string {
  const name = [check, subject].filter(Boolean).join(' ');
  const indent = ' '.repeat(WIDTH + 2);
  const line = `${pad(outcome, WIDTH)}  ${paint.bold(name)}: ${message}`;
  const painted = painter(outcome, paint)(line.slice(0, WIDTH)) + line.slice(WIDTH);
  const text = fold(painted, columns, indent);
  return fix === undefined
    ? text
    : `${text}\n${fold(`${indent}${paint.cyan('fix:')} ${fix}`, columns)}`;
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
