import type { Command } from './program/command.ts';
import { applyCommand } from './commands/policies/apply.ts';
import { archivesCommand } from './commands/archives/archives.ts';
import { drillCommand } from './commands/runs/drill.ts';
import { logsCommand } from './commands/runs/logs.ts';
import { cancelCommand } from './commands/runs/cancel.ts';
import { createCompletionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { invokeCommand } from './commands/invoke.ts';
import { localCommand } from './commands/local.ts';
import { metricsCommand } from './commands/metrics.ts';
import { pinCommand, unpinCommand } from './commands/retention/pin.ts';
import { pruneCommand } from './commands/retention/prune.ts';
import { retentionCommand } from './commands/retention/retention.ts';
import { planCommand } from './commands/policies/plan.ts';
import { restoreCommand } from './commands/runs/restore.ts';
import { runCommand } from './commands/runs/run.ts';
import { runsCommand } from './commands/runs/runs.ts';
import { statusCommand } from './commands/status.ts';
import { uiCommand } from './commands/ui.ts';
import { schemaCommand } from './commands/schema.ts';
import { versionCommand } from './commands/version.ts';
import { validateCommand } from './commands/policies/validate.ts';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  initCommand,
  validateCommand,
  applyCommand,
  planCommand,
  runCommand,
  statusCommand,
  runsCommand,
  logsCommand,
  cancelCommand,
  archivesCommand,
  restoreCommand,
  drillCommand,
  pinCommand,
  unpinCommand,
  pruneCommand,
  retentionCommand,
  metricsCommand,
  uiCommand,
  doctorCommand,
  invokeCommand,
  localCommand,
  schemaCommand,
  versionCommand,
  createCompletionCommand(() => commands),
];
