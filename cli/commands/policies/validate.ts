import { toJson } from '../../text/printable.ts';
import { colours } from '../../text/colour.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { policyValue } from '../../program/id-values.ts';
import { checkBucket, checkFiles, type Checked } from '../../validate/check.ts';
import { withRetentionWarnings } from '../../validate/retention-warnings.ts';
import { errorsText } from '../../validate/errors-text.ts';
import type { Io } from '../../io/io.ts';
import { wordsOf } from '../../words/words.ts';

type Options = { policy?: string[] };

/** Lists every error of policy files, before they are uploaded or in the bucket. */
export const validateCommand: Command<Options> = {
  name: 'validate',
  summary: 'check policy files for errors',
  description: [
    'Checks policy files and lists every error with its line. Without files, checks the policies of the bucket',
    '(PHONEVAULT_BUCKET): all of them, or those named with --policy.',
    'When PHONEVAULT_BUCKET is set, exporting into the ledger is an error.',
  ].join(' '),
  arguments: [{ name: '[file...]', text: 'policy files; - reads standard input' }],
  options: [
    {
      flags: '-p, --policy <name...>',
      text: 'policies of the bucket, by name',
      parse: policyValue,
    },
  ],
  examples: [
    {
      run: 'phonevault validate nightly.yaml',
      shows: [
        'nightly.yaml:6:3: select.phons: unknown field',
        '  6 |   phons: [vault-01]',
        '    |   ^',
        '  hint: Did you mean phones?',
        '1 error in 1 file',
      ].join('\n'),
    },
    { run: 'phonevault validate --policy nightly' },
    { run: 'cat nightly.yaml | phonevault validate -' },
  ],
  async run({ args, options, json }, io) {
    if (args.length > 0 && options.policy !== undefined) {
      throw wrongUse('files and --policy were given', 'check one or the other');
    }
    const checked =
      args.length > 0 ? await checkFiles(io, args) : await checkBucket(io, options.policy);
    const files = await withRetentionWarnings(io, checked);
    const isValid = files.every(({ ok }) => ok);
    if (json) {
      io.out(toJson({ ok: isValid, files: files.map(({ source: _, ...rest }) => rest) }));
    } else {
      for (const file of files) io.out(errorsText(file, io));
      if (files.length === 0) io.err(wordsOf(io).plan.noPolicies);
      if (!isValid) io.err(colours(io, 'err').red(summaryOf(io, files)));
    }
    return isValid ? 0 : 1;
  },
};

function summaryOf(io: Io, files: readonly Checked[]): string {
  const bad = files.filter(({ ok }) => !ok);
  const errors = bad.reduce((sum, file) => sum + file.errors.length, 0);
  return wordsOf(io).plan.errors(errors, bad.length);
}
