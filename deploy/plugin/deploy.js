import { apply } from './apply.js';
import { readActual } from './read-actual.js';
import { stepsFor } from './steps.js';
import { changesText, foreignText, stepText } from './text.js';

/**
 * @typedef {{ wanted: import('./types.js').Wanted, code: import('./types.js').Code }} Piece
 * @typedef {{ adopt?: boolean, prune?: boolean, dropSecrets?: boolean }} Options
 * @typedef {{ pieces: { piece: Piece, actual: import('./types.js').Actual | undefined, steps: import('./types.js').Step[],
 *   foreign: import('./types.js').ActualTrigger[] }[], count: number }} Plan
 */

/**
 * What a deployment would do. Reads only; throws before anything is changed when one function cannot be had as wanted.
 * @param {import('./types.js').Cloud} cloud
 * @param {Piece[]} pieces
 * @param {Options} options
 * @returns {Promise<Plan>}
 */
async function plan(cloud, pieces, options) {
  const planned = [];
  for (const piece of pieces) {
    const actual = await readActual(cloud, piece.wanted.urn);
    planned.push({ piece, actual, ...stepsFor(piece.wanted, actual, piece.code, options) });
  }
  return { pieces: planned, count: planned.reduce((sum, { steps }) => sum + steps.length, 0) };
}

/**
 * Deploys, function by function, and says what it did. A second time there is nothing to do.
 * @param {import('./types.js').Cloud} cloud
 * @param {Piece[]} pieces
 * @param {Options} options
 * @param {(line: string) => void} say
 * @returns {Promise<number>} how many steps were carried out
 */
export async function deploy(cloud, pieces, options, say) {
  const planned = await plan(cloud, pieces, options);
  for (const { piece, actual, steps, foreign } of planned.pieces) {
    const { wanted, code } = piece;
    await apply(cloud, wanted, actual, code, steps, (step) =>
      say(`${wanted.key}: ${stepText(step, wanted)}`),
    );
    if (steps.length === 0) say(`${wanted.key}: nothing to change`);
    for (const trigger of foreign) say(`${wanted.key}: ${foreignText(trigger)}`);
  }
  return planned.count;
}

/**
 * Says what a deployment would do, and does nothing.
 * @param {import('./types.js').Cloud} cloud
 * @param {Piece[]} pieces
 * @param {Options} options
 * @param {(line: string) => void} say
 * @returns {Promise<number>} how many steps it would take
 */
export async function tellPlan(cloud, pieces, options, say) {
  const planned = await plan(cloud, pieces, options);
  for (const { piece, steps, foreign } of planned.pieces) {
    const { wanted } = piece;
    for (const step of steps) say(`${wanted.key}: ${stepText(step, wanted)}`);
    if (steps.length === 0) say(`${wanted.key}: nothing to change`);
    for (const trigger of foreign) say(`${wanted.key}: ${foreignText(trigger)}`);
  }
  const { count } = planned;
  say(
    count === 0
      ? 'A deployment would change nothing.'
      : `A deployment would make ${changesText(count)}.`,
  );
  return count;
}
