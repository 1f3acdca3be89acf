import type { Command } from '../program/command.ts';
import { applyCommand } from './apply.ts';
import { cancelCommand } from './cancel.ts';
import { createCompletionCommand } from './completion.ts';
import { doctorCommand } from './doctor.ts';
import { invokeCommand } from './invoke.ts';
import { localCommand } from './local.ts';
import { planCommand } from './plan.ts';
import { runCommand } from './run.ts';
import { runsCommand } from './runs.ts';
import { statusCommand } from './status.ts';
import { validateCommand } from './validate.ts';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  validateCommand,
  applyCommand,
  planCommand,
  runCommand,
  statusCommand,
  runsCommand,
  cancelCommand,
  doctorCommand,
  invokeCommand,
  localCommand,
  createCompletionCommand(() => commands),
];
