import { apply } from '../change/apply.js';
import { readActual } from '../change/read-actual.js';
import { sharedLedgers } from '../change/shared-ledger.js';
import { stepsFor } from '../change/steps.js';
import { changesText, foreignText, stepText } from '../change/text.js';

/** @import { Actual, ActualTrigger, Cloud, Code, Step, Desired } from '../types.js' */

/**
 * @typedef {{ desired: Desired, code: Code }} PackagedFunction
 * @typedef {{ adopt?: boolean, prune?: boolean, dropSecrets?: boolean }} Options
 * @typedef {{ pieces: { piece: PackagedFunction, actual: Actual | undefined, steps: Step[],
 *   foreign: ActualTrigger[], warnings: string[] }[], count: number }} Plan
 */

/**
 * Plans a deployment. Only reads; throws if one of the functions cannot be deployed.
 * @param {Cloud} cloud
 * @param {PackagedFunction[]} pieces
 * @param {Options} options
 * @returns {Promise<Plan>}
 */
async function plan(cloud, pieces, options) {
  const planned = [];
  for (const piece of pieces) {
    const actual = await readActual(cloud, piece.desired.urn);
    const change = stepsFor(piece.desired, actual, piece.code, options);
    const isDrive = piece.desired.key === 'drive';
    const warnings = isDrive ? await sharedLedgers(cloud, piece.desired) : [];
    planned.push({ piece, actual, ...change, warnings });
  }
  return { pieces: planned, count: planned.reduce((sum, { steps }) => sum + steps.length, 0) };
}

/**
 * Deploys the functions one by one and prints each step. A repeated deployment changes nothing.
 * @param {Cloud} cloud
 * @param {PackagedFunction[]} pieces
 * @param {Options} options
 * @param {(line: string) => void} print
 * @returns {Promise<number>} number of steps
 */
export async function deploy(cloud, pieces, options, print) {
  const planned = await plan(cloud, pieces, options);
  for (const { piece, actual, steps, foreign, warnings } of planned.pieces) {
    const { desired, code } = piece;
    await apply(cloud, { desired, actual, code, steps }, (step) =>
      print(`${desired.key}: ${stepText(step, desired)}`),
    );
    if (steps.length === 0) print(`${desired.key}: no change`);
    for (const trigger of foreign) print(`${desired.key}: ${foreignText(trigger)}`);
    for (const warning of warnings) print(`${desired.key}: warning: ${warning}`);
  }
  return planned.count;
}

/**
 * Prints what a deployment would change.
 * @param {Cloud} cloud
 * @param {PackagedFunction[]} pieces
 * @param {Options} options
 * @param {(line: string) => void} print
 * @returns {Promise<number>} number of steps
 */
export async function printPlan(cloud, pieces, options, print) {
  const planned = await plan(cloud, pieces, options);
  for (const { piece, steps, foreign, warnings } of planned.pieces) {
    const { desired } = piece;
    for (const step of steps) print(`${desired.key}: ${stepText(step, desired)}`);
    if (steps.length === 0) print(`${desired.key}: no change`);
    for (const trigger of foreign) print(`${desired.key}: ${foreignText(trigger)}`);
    for (const warning of warnings) print(`${desired.key}: warning: ${warning}`);
  }
  const { count } = planned;
  print(count === 0 ? 'deploy would change nothing.' : `deploy would make ${changesText(count)}.`);
  return count;
}
