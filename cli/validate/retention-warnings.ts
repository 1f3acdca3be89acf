import { PhonevaultError } from '../../lib/errors.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { previewPrune } from '../../lib/run/retention/preview.ts';
import { parsePolicyText } from '../../lib/run/state/read-policy.ts';
import type { Io } from '../io/io.ts';
import { connect } from '../sign-in/connect.ts';
import type { Checked } from './check.ts';

/**
 * Returns the files with a warning for each policy whose retention rules would delete more archives than may be deleted at once. Without
 * PHONEVAULT_BUCKET, or where the catalogue cannot be read, nothing is added.
 */
export async function withRetentionWarnings(
  io: Io,
  files: readonly Checked[],
): Promise<readonly Checked[]> {
  const isConcerned = ({ ok, source }: Checked): boolean => ok && source.includes('retention');
  if (!io.env.PHONEVAULT_BUCKET?.trim() || !files.some(isConcerned)) return files;
  try {
    const { deps } = await connect(io);
    const warned: Checked[] = [];
    for (const file of files) {
      const warning = isConcerned(file) ? await warningOf(deps, file) : undefined;
      const warnings = [...(file.warnings ?? []), ...(warning === undefined ? [] : [warning])];
      warned.push(warnings.length === 0 ? file : { ...file, warnings });
    }
    return warned;
  } catch (error) {
    if (error instanceof PhonevaultError) return files;
    throw error;
  }
}

async function warningOf(
  deps: RunDeps,
  { policy = '', source }: Checked,
): Promise<string | undefined> {
  const parsed = parsePolicyText(deps, policy, source);
  if (!parsed.ok || parsed.policy.retention === undefined) return undefined;
  const { due, most, standing } = await previewPrune(deps, policy, { parsed: parsed.policy });
  if (due <= most) return undefined;
  return `retention: ${due} of ${standing} archives would be deleted at once, more than max_delete allows (${most}): none is deleted until the rules keep more or max_delete is raised`;
}
