import { meaningOf, runMeaning } from '../../../lib/meanings/meanings.ts';
import type { FailureGroup } from '../../../lib/run/query/page/failures.ts';
import type { RunView } from '../../../lib/run/query/schemas/run.ts';
import { Failures } from '../parts/failures.tsx';
import { OpenRun } from '../parts/open-run.tsx';
import { Problems } from '../parts/problems.tsx';
import { Fact, type View } from '../parts/view.tsx';

const COUNTS = ['exported', 'restored', 'failed', 'timed_out', 'skipped', 'cancelled'] as const;

/** A run: how it ended or how far it is, and what was not backed up. */
export function RunPage({
  view,
  run,
  failures,
  zone,
}: {
  view: View;
  run: RunView;
  failures: readonly FailureGroup[];
  zone: string;
}) {
  const { words, language, time, ago } = view.text;
  const { run_id, policy, outcome, reason, message, counts, started_at, settled_at } = run;
  const why = reason === undefined ? undefined : runMeaning(reason, language);
  return (
    <>
      <h2>{words.runOf(run_id)}</h2>
      {run.phase === 'settled' ? null : <OpenRun view={view} run={run} />}
      {reason === undefined || run.phase === 'quarantined' ? null : (
        <div class="banner bad">
          <p>{why?.says ?? message ?? reason}</p>
          {why?.fix === undefined ? null : <p>{why.fix}</p>}
        </div>
      )}
      <section class="card" aria-label={words.runOf(run_id)}>
        <div class="grid">
          <Fact level="h3" title={words.policy}>
            <p>
              <a href={view.href(['policies', policy])}>{policy}</a>
            </p>
          </Fact>
          {outcome === null ? null : (
            <Fact level="h3" title={words.result}>
              <p>{meaningOf('runOutcome', outcome, language)?.says ?? outcome}</p>
            </Fact>
          )}
          {started_at === null ? null : (
            <Fact level="h3" title={words.started}>
              <p>{`${time(started_at, zone)} ${zone}${words.note(ago(started_at))}`}</p>
            </Fact>
          )}
          {settled_at === null ? null : (
            <Fact level="h3" title={words.settled}>
              <p>{`${time(settled_at, zone)}${words.note(ago(settled_at))}`}</p>
            </Fact>
          )}
          {counts === null ? null : (
            <Fact level="h3" title={words.counts}>
              <ul class="counts">
                {COUNTS.filter((one) => (counts[one] ?? 0) > 0).map((one) => (
                  <li>
                    {counts[one]} {meaningOf('phoneOutcome', one, language)?.says ?? one}
                  </li>
                ))}
              </ul>
            </Fact>
          )}
        </div>
      </section>
      <Problems view={view} objects={run.unreadable ?? []} />
      {failures.length === 0 ? null : (
        <section aria-label={words.failuresOfRun}>
          <h2>{words.failuresOfRun}</h2>
          <Failures view={view} groups={failures} />
        </section>
      )}
    </>
  );
}
