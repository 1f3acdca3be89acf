import { lookupOf } from './tree.ts';
import type { CompletedOption, Place, Values } from './tree.ts';

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What was typed so far of the current word. */
const WORD = '$(commandline -ct)';

function valuesOf(values: Values | undefined): string {
  if (values === undefined) return '';
  if (typeof values !== 'string') return ` -x -a ${quoted(values.join(' '))}`;
  if (values === 'files') return ' -r -F';
  const lookup = lookupOf(values, WORD);
  return lookup === undefined ? ' -x' : ` -x -a ${quoted(`(${lookup})`)}`;
}

function optionLine(when: string, { long, short, text, values }: CompletedOption): string {
  const names = ` -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
  return `${when}${names}${valuesOf(values)} -d ${quoted(text)}`;
}

function linesOf({ at, commands, options, args }: Place): string[] {
  const lookup = lookupOf(args, WORD);
  const when = `complete -c phonevault -n ${quoted(`__phonevault_at "${at}"`)}`;
  return [
    ...commands.map(({ name, text }) => `${when} -a ${name} -d ${quoted(text)}`),
    ...(args === 'files' ? [`${when} -F`] : []),
    ...(typeof args === 'string' ? [] : [`${when} -a ${quoted(args.join(' '))}`]),
    ...(lookup === undefined ? [] : [`${when} -a ${quoted(`(${lookup})`)}`]),
    ...options.map((option) => optionLine(when, option)),
  ];
}

/** Returns a completion script for fish: save it as `phonevault.fish` in the completions folder. */
export function fishScript(places: readonly Place[]): string {
  const known = places.flatMap(({ at }) => (at === '' ? [] : [quoted(at)]));
  return [
    '# Completion of phonevault for fish:',
    '# phonevault completion fish > ~/.config/fish/completions/phonevault.fish',
    'function __phonevault_at',
    '  set -l at ""',
    '  for word in (commandline -opc)[2..-1]',
    '    switch "$at/$word"',
    `      case ${known.join(' ')}`,
    '        set at "$at/$word"',
    '    end',
    '  end',
    '  test "$at" = "$argv[1]"',
    'end',
    'complete -c phonevault -f',
    ...places.flatMap(linesOf),
  ].join('\n');
}
