import type { Obs } from '../../lib/cloud/obs/obs.ts';
import { readArchive } from '../../lib/run/archive/read-archive.ts';
import { type Visit, readEntries, type TarSummary } from '../../lib/run/archive/read-entries.ts';
import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import type { Io } from '../io/io.ts';
import type { OptionSpec } from '../program/command.ts';
import { phonePathValue } from '../program/option-values.ts';
import { connect } from '../sign-in/connect.ts';
import { choiceOptions, type ChoiceOptions, findArchive } from './find-archive.ts';
import { thawArchive, thawOption, type ThawOptions } from './thaw-archive.ts';
import { createTransferProgress, type TransferProgress } from './transfer-progress.ts';

export const phoneArgument = { name: '<phone>', text: 'the id or the name of a phone' };

export const pathOption: OptionSpec = {
  flags: '--path <path>',
  text: 'only this path of the phone and what is below it',
  parse: phonePathValue,
};

/** The options of the commands that read one archive. */
export const readOptions: OptionSpec[] = [
  ...choiceOptions,
  thawOption('make an archive in a cold storage class readable first, and wait'),
];

export type ReadOptions = ChoiceOptions & ThawOptions;

type OpenArchive = {
  archive: ArchiveView;
  obs: Obs;
  progress: TransferProgress;
  /** Reads the archive to its last byte, with progress. Throws `archive_changed`, `archive_broken`, `not_found`. */
  read(visit: Visit): Promise<TarSummary>;
};

/** Signs in and finds the archive of a phone that the options choose, readable where `thaw` asks for it. Throws the errors of both. */
export async function openArchive(
  io: Io,
  phone: string,
  { thaw, ...options }: ReadOptions,
): Promise<OpenArchive> {
  const { deps, obs } = await connect(io);
  const archive = await findArchive(io, deps.store, phone, options);
  if (thaw !== undefined) await thawArchive(io, obs, archive, thaw);
  const name = archive.phone_name || archive.phone_id;
  const progress = createTransferProgress(io, name, archive.size);
  const onPart = async (bytes: Uint8Array) => progress.add(bytes.length);
  const read = (visit: Visit) =>
    readEntries(readArchive(obs, archive, { onPart }), visit).finally(progress.stop);
  return { archive, obs, progress, read };
}
