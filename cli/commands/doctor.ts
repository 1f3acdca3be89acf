import { type Command, INTERRUPTED, wrongUse } from '../program/command.ts';
import { examine } from '../doctor/examine.ts';
import { findingsText } from '../doctor/finding/findings-text.ts';
import { nameValue } from '../program/option-values.ts';
import { toJson } from '../text/printable.ts';
import { wordsOf } from '../words/words.ts';

/** Exists on every Android and is almost empty on most. */
const SMALL_PATH = '/data/local/tmp';

type Options = { stage?: string; write?: boolean; phone?: string; path?: string };

/** Checks everything that backups depend on, and prints a fix for each problem. */
export const doctorCommand: Command<Options> = {
  name: 'doctor',
  summary: 'check everything that backups depend on',
  description: [
    'Checks this machine, the settings, your credentials and their permissions, the buckets, the topic, the deployed',
    'functions, the policies and the last runs, and prints a fix for each problem. It uses your own permissions: those',
    'of the functions show in their runs. Without --write it changes nothing. Exits with 1 when a check failed;',
    'a warning is not a failure. A failure that another one explains names it, and the last line says what to fix first.',
  ].join(' '),
  options: [
    {
      flags: '--stage <name>',
      text: 'the stage that the functions were deployed to',
      default: 'prod',
      parse: stageValue,
    },
    {
      flags: '--write',
      text: 'also write and delete a small object in the ledger and in the folder of each enabled policy, to test the permissions and conditional writes',
    },
    {
      flags: '--phone <id>',
      text: 'with --write: let CPH export one small path of this phone, to test that it may write to the bucket, and delete the archive',
      parse: nameValue('the id of a phone'),
    },
    {
      flags: '--path <path>',
      text: `with --phone: the path to export (default: ${SMALL_PATH})`,
      parse: pathValue,
    },
  ],
  examples: [
    {
      run: 'phonevault doctor',
      shows: [
        'ok       bucket my-phonevault: a plain object bucket in cn-north-4',
        'failed   trigger phonevault-prod-drive: its timer is disabled: every-minute-pv1b2c3d4e',
        '  fix: enable it in the console, or in a checkout: npx serverless deploy',
        '...',
        'failed   runs: nightly is stale: 38 late, last good run 2 d ago',
        '  follows from: trigger phonevault-prod-drive',
        '2 failed, 2 warnings, 1 unknown, 2 skipped, 20 ok',
        'Fix first: trigger phonevault-prod-drive: its timer is disabled: every-minute-pv1b2c3d4e (1 other finding follows from it)',
      ].join('\n'),
    },
    { run: 'phonevault doctor --write --phone 0123456789abcdef0123456789abcdef' },
    { run: 'phonevault doctor --json' },
  ],
  async run({ options: { stage = 'prod', write = false, phone, path }, json }, io) {
    if (phone !== undefined && !write) {
      throw wrongUse('--phone needs --write', 'an export writes an archive: give both');
    }
    if (path !== undefined && phone === undefined) {
      throw wrongUse('--path needs --phone', 'name the phone to export from');
    }
    const stopped = new AbortController();
    // With --write, Ctrl-C first deletes what was written; without, it ends the process at once.
    const stopListening = write ? io.onInterrupt(() => stopped.abort()) : () => undefined;
    io.status(wordsOf(io).doctor.checking);
    try {
      const findings = await examine(io, {
        stage,
        write,
        phoneId: phone,
        path: path ?? SMALL_PATH,
        interrupted: stopped.signal,
        versions: process.versions,
      });
      io.status('');
      const isOk = findings.every(({ outcome }) => outcome !== 'failed');
      io.out(json ? toJson({ ok: isOk, checks: findings }) : findingsText(io, findings));
      if (stopped.signal.aborted) return INTERRUPTED;
      return isOk ? 0 : 1;
    } finally {
      stopListening();
    }
  },
};

function stageValue(value: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(value)) return value;
  throw wrongUse('a stage has 1 to 30 characters of a-z, 0-9 and -, and starts with a letter');
}

function pathValue(value: string): string {
  if (/^\/data\/[\w./+#=-]{1,500}$/.test(value) && !value.split('/').includes('..')) return value;
  throw wrongUse('a path is below /data and has letters, digits and . / - _ + # = only');
}
