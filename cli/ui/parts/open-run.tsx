import { runMeaning } from '../../../lib/meanings/meanings.ts';
import type { RunSummary } from '../../../lib/run/query/schemas/run.ts';
import { Link, type View } from './view.tsx';

const ENDED = ['exported', 'restored', 'failed', 'skipped', 'timed_out', 'cancelled'] as const;

/** An open run with its bar. The page reloads while there is one. */
export function OpenRun({ view, run }: { view: View; run: RunSummary }) {
  const { words, language } = view.text;
  const { run_id, phase, progress, reason } = run;
  const link = <Link href={view.href(['runs', run_id])}>{run_id}</Link>;
  if (phase === 'quarantined') {
    const why = runMeaning(reason ?? '', language)?.says ?? reason;
    return (
      <p class="banner warn">
        {link}
        {words.colon}
        {words.quarantined}
        {why === undefined ? null : words.note(why)}
      </p>
    );
  }
  if (progress === null) {
    return (
      <p data-live="">
        {link}
        {words.colon}
        {words.requested}
      </p>
    );
  }
  const done = ENDED.reduce((sum, state) => sum + (progress[state] ?? 0), 0);
  const label = words.progress(done, progress.selected);
  return (
    <div data-live="">
      <p>
        {link}
        {words.colon}
        {label}
      </p>
      <progress value={done} max={Math.max(1, progress.selected)} aria-label={label}>
        {label}
      </progress>
    </div>
  );
}
