import { type Command, wrongUse } from '../program/command.ts';
import { examine } from '../doctor/examine.ts';
import { findingsText } from '../doctor/findings-text.ts';
import { phoneValue } from '../show/option-values.ts';
import { toJson } from '../text/printable.ts';

const INTERRUPTED = 130;
/** There on every Android, and next to empty on most. */
const SMALL_PATH = '/data/local/tmp';

type Options = { stage?: string; write?: boolean; phone?: string; path?: string };

/** Looks at everything that backups rest on, and tells how to put right what is not. */
export const doctorCommand: Command<Options> = {
  name: 'doctor',
  summary: 'check everything that backups rest on',
  description: [
    'Checks this machine, the settings, your credentials and what they may do, the buckets, the topic, the deployed',
    'functions, the policies and the last runs, and says how to put right what is wrong. It looks with your own rights:',
    'those of the functions show in their runs. Nothing is changed without --write. Exits with 1 when a check failed;',
    'warnings do not fail.',
  ].join(' '),
  options: [
    {
      flags: '--stage <name>',
      text: 'the stage the functions were deployed to',
      default: 'prod',
      parse: stageValue,
    },
    {
      flags: '--write',
      text: 'also write and delete a small object in the ledger, to see what the bucket does with conditional writes',
    },
    {
      flags: '--phone <id>',
      text: 'with --write: have CPH export one small path of this phone, to see whether it may write, and delete it',
      parse: phoneValue,
    },
    { flags: '--path <path>', text: `with --phone: which path (${SMALL_PATH})`, parse: pathValue },
  ],
  examples: [
    {
      run: 'phonevault doctor',
      shows: [
        'ok       bucket my-phonevault: a plain object bucket in cn-north-4',
        'failed   trigger phonevault-prod-drive: its timer is disabled: every-minute-pv1b2c3d4e',
        '  fix: enable it in the console, or npx serverless deploy',
        '...',
        '1 failed, 2 warnings, 1 unknown, 1 skipped, 21 ok',
      ].join('\n'),
    },
    { run: 'phonevault doctor --write --phone 0123456789abcdef0123456789abcdef' },
    { run: 'phonevault doctor --json' },
  ],
  async run({ options: { stage = 'prod', write = false, phone, path }, json }, io) {
    if (phone !== undefined && !write) {
      throw wrongUse('--phone was given without --write', 'an export is a write: give both');
    }
    if (path !== undefined && phone === undefined) {
      throw wrongUse('--path was given without --phone', 'name the phone to export it from');
    }
    const stopped = new AbortController();
    // What was written is cleared up first; where nothing is, Ctrl-C may end it at once.
    const stopListening = write ? io.onInterrupt(() => stopped.abort()) : () => undefined;
    io.status('checking …');
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
      const isGood = findings.every(({ outcome }) => outcome !== 'failed');
      io.out(json ? toJson({ ok: isGood, checks: findings }) : findingsText(io, findings));
      if (stopped.signal.aborted) return INTERRUPTED;
      return isGood ? 0 : 1;
    } finally {
      stopListening();
    }
  },
};

function stageValue(value: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(value)) return value;
  throw wrongUse('a stage has 1 to 30 of a-z, 0-9 and -, a letter first');
}

function pathValue(value: string): string {
  if (/^\/data\/[\w./+#=-]{1,500}$/.test(value) && !value.split('/').includes('..')) return value;
  throw wrongUse('a path is below /data, of letters, digits and . / - _ + # =');
}
