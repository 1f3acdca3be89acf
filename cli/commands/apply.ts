import { layout } from '../../lib/ledger/store/layout.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { toJson } from '../text/printable.ts';
import { checkFiles, type Checked } from '../validate/check.ts';
import { errorsText } from '../validate/errors-text.ts';

type Applied = { policy: string; result: 'created' | 'changed' | 'unchanged' };

/** Puts policy files into the bucket, where the functions read them. */
export const applyCommand: Command = {
  name: 'apply',
  summary: 'put policy files into the bucket',
  description: [
    'Checks policy files and puts them to policies/<name>.yaml of the bucket, as they are. One fault in any of them, and none',
    'is put. Runs that are open keep the policy that they were planned with; the next ones take the new.',
  ].join(' '),
  arguments: [{ name: '<file...>', text: 'policy files; - for the standard input' }],
  examples: [
    { run: 'phonevault apply nightly.yaml', shows: 'nightly: created' },
    { run: 'phonevault apply nightly.yaml weekly.yaml' },
  ],
  async run({ args, json }, io) {
    const files = await checkFiles(io, args);
    const wrong = files.filter(({ ok }) => !ok);
    if (wrong.length > 0) {
      if (json) io.out(toJson({ ok: false, files: files.map(({ source: _, ...rest }) => rest) }));
      else for (const file of wrong) io.out(errorsText(file, io));
      io.err('nothing was put into the bucket');
      return 1;
    }
    refuseTwins(files);
    const { deps } = await connect(io);
    const applied: Applied[] = [];
    for (const { policy = '', source } of files) {
      const result = await put(deps.store, policy, source);
      applied.push({ policy, result });
      if (!json) io.out(`${policy}: ${result}`);
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
  const before = await store.get(key);
  if (before?.body === text) return 'unchanged';
  await store.put(key, text);
  return before === undefined ? 'created' : 'changed';
}

function refuseTwins(files: readonly Checked[]): void {
  const names = files.map(({ policy }) => policy);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) {
    throw wrongUse(`two of the files are the policy ${twin}`, 'give each policy once');
  }
}
