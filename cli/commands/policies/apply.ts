import { layout } from '../../../lib/ledger/store/layout.ts';
import { getObject, isUnreadable } from '../../../lib/ledger/store/object-error.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { connect } from '../../sign-in/connect.ts';
import { toJson } from '../../text/printable.ts';
import { checkFiles, type Checked } from '../../validate/check.ts';
import { withRetentionWarnings } from '../../validate/retention-warnings.ts';
import { errorsText, notes } from '../../validate/errors-text.ts';
import { wordsOf } from '../../words/words.ts';

type Applied = Pick<Checked, 'warnings' | 'slots'> & {
  policy: string;
  result: 'created' | 'changed' | 'unchanged';
};

/** Uploads policy files to the bucket, where the functions read them. */
export const applyCommand: Command = {
  name: 'apply',
  summary: 'upload policy files to the bucket',
  description: [
    'Checks policy files and uploads them unchanged as policies/<name>.yaml. If one file has an error, none is uploaded.',
    'Open runs keep the policy that they were planned with; the next runs use the new one.',
  ].join(' '),
  arguments: [{ name: '<file...>', text: 'policy files; - reads standard input' }],
  examples: [
    { run: 'phonevault apply nightly.yaml', shows: 'nightly: created' },
    { run: 'phonevault apply nightly.yaml weekly.yaml' },
  ],
  async run({ args, json }, io) {
    const { plan: words, common } = wordsOf(io);
    const files = await withRetentionWarnings(io, await checkFiles(io, args));
    const invalid = files.filter(({ ok }) => !ok);
    if (invalid.length > 0) {
      if (json) io.out(toJson({ ok: false, files: files.map(({ source: _, ...rest }) => rest) }));
      else for (const file of invalid) io.out(errorsText(file, io));
      io.err(words.nothingUploaded);
      return 1;
    }
    refuseDuplicates(files);
    const { deps } = await connect(io);
    const applied: Applied[] = [];
    for (const file of files) {
      const { policy = '', source, warnings, slots } = file;
      const result = await put(deps.store, policy, source);
      applied.push({ policy, result, ...(warnings && { warnings }), ...(slots && { slots }) });
      if (!json) {
        io.out([policy + common.colon + words.applied[result], ...notes(file, io)].join('\n'));
      }
    }
    if (json) io.out(toJson({ ok: true, policies: applied }));
    return 0;
  },
};

async function put(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  text: string,
): Promise<Applied['result']> {
  const key = layout.policy(policy);
  const before = await getObject(store, key).catch((error: unknown) => {
    // Applying the policy again is a way to fix it.
    if (isUnreadable(error)) return 'unreadable';
    throw error;
  });
  if (typeof before === 'object' && before.body === text) return 'unchanged';
  await store.put(key, text);
  return before === undefined ? 'created' : 'changed';
}

function refuseDuplicates(files: readonly Checked[]): void {
  const names = files.map(({ policy }) => policy);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) {
    throw wrongUse(`two files define the policy ${duplicate}`, 'name each policy once');
  }
}
