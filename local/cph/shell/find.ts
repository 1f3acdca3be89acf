import type { Phone } from '../world/fleet.ts';
import { uidOf, type World } from '../world/world.ts';
import { changedAt, type Node, nodesUnder } from './phone-tree.ts';
import { failed, type Ran } from './ran.ts';

type Test = (node: Node) => boolean;
type Term = { test: Test; isNegated: boolean; isPrune: boolean };
/** `prints`: an explicit -print, without which also what is pruned is printed. */
type Parsed = { tops: string[]; groups: Term[][]; depth: number; prints: boolean };

/** Thrown for an argument that toybox does not know. */
class BadArgument extends Error {}

/**
 * `find` as toybox has it, as far as a command of CPH can name it: without wildcards, brackets and `!`. Older ones lack
 * `-newerXY`.
 */
export function find(world: World, phone: Phone, args: readonly string[]): Ran {
  let parsed: Parsed;
  try {
    parsed = parse(world, phone, args);
  } catch (error) {
    if (!(error instanceof BadArgument)) throw error;
    return failed(`find: ${error.message}`);
  }
  const lines: string[] = [];
  let isComplete = true;
  for (const top of parsed.tops) {
    const nodes = nodesUnder(world, phone, top);
    if (nodes.length === 0) {
      lines.push(`find: ${top}: No such file or directory`);
      isComplete = false;
    }
    lines.push(...matching(nodes, top, parsed));
  }
  const output = lines.map((line) => `${line}\n`).join('');
  return { output, isSuccess: isComplete };
}

function matching(
  nodes: readonly Node[],
  top: string,
  { groups, depth, prints }: Parsed,
): string[] {
  const lines: string[] = [];
  let pruned: string | undefined;
  for (const node of nodes) {
    if (pruned !== undefined && node.path.startsWith(pruned)) continue;
    if (node.path.split('/').length - top.split('/').length > depth) continue;
    const group = groups.find((terms) =>
      terms.every(({ test, isNegated }) => test(node) !== isNegated),
    );
    if (group === undefined) continue;
    const isPruned = group.some(({ isPrune }) => isPrune);
    if (isPruned) pruned = `${node.path}/`;
    if (!isPruned || !prints) lines.push(node.path);
  }
  return lines;
}

function parse(world: World, phone: Phone, args: readonly string[]): Parsed {
  const start = args.findIndex((arg) => arg.startsWith('-'));
  const tops = start === -1 ? [...args] : args.slice(0, start);
  const parsed: Parsed = {
    ...{ tops: tops.length === 0 ? ['/'] : tops, groups: [[]] },
    ...{ depth: 1_000, prints: args.includes('-print') },
  };
  let isNegated = false;
  const add = (test: Test, isPrune = false): void => {
    parsed.groups.at(-1)?.push({ test, isNegated, isPrune });
    isNegated = false;
  };
  for (const rest = start === -1 ? [] : args.slice(start); rest.length > 0;) {
    const name = rest.shift() ?? '';
    if (name === '-not') isNegated = true;
    else if (name === '-o' || name === '-or') parsed.groups.push([]);
    else if (name === '-prune') add(() => true, true);
    else if (name !== '-print' && name !== '-a' && name !== '-and') {
      const value = rest.shift();
      if (value === undefined) throw new BadArgument(`'${name}' needs 1 arg`);
      if (name === '-maxdepth') parsed.depth = Number(value);
      else add(testOf(world, phone, name, value));
    }
  }
  return parsed;
}

function testOf(world: World, phone: Phone, name: string, value: string): Test {
  switch (name) {
    case '-type':
      return ({ isFolder }) => isFolder === (value === 'd');
    case '-name':
      return ({ path }) => path.slice(path.lastIndexOf('/') + 1) === value;
    case '-path':
      return ({ path }) => path === value;
    case '-user':
      return ({ path }) => String(uidOf(world, phone, path)) === value;
    case '-newercm': {
      if (world.switches.shell === 'older') break;
      const reference = nodesUnder(world, phone, value)[0];
      if (reference === undefined) throw new BadArgument(`${value}: No such file or directory`);
      const mark = changedAt(phone, value);
      return ({ path }) => changedAt(phone, path) > mark;
    }
    default:
  }
  throw new BadArgument(`bad arg '${name}'`);
}
