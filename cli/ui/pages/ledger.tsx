import { PhonevaultError } from '../../../lib/errors.ts';
import type { FailureGroup } from '../../../lib/run/query/page/failures.ts';
import type { Overview } from '../../../lib/run/query/page/overview.ts';
import { visible } from '../../../lib/visible.ts';
import type { Finding } from '../../doctor/finding/finding.ts';
import { needsAttention } from '../../show/status-text.ts';
import { OpenRun } from '../parts/open-run.tsx';
import { Problems } from '../parts/problems.tsx';
import { Coded, type View } from '../parts/view.tsx';
import { ChecksSummary } from './checks.tsx';
import { PolicyCard } from './policy/card.tsx';

export type LedgerFacts = {
  overview: Overview;
  /** What failed in the last run of each policy. */
  failures: ReadonlyMap<string, readonly FailureGroup[]>;
  findings: readonly Finding[] | undefined;
};

/** What the page shows of a ledger: its policies, or why it cannot be read. */
export function LedgerSection({
  view,
  name,
  facts,
}: {
  view: View;
  name: string;
  facts: LedgerFacts | { error: unknown };
}) {
  const { words } = view.text;
  return (
    <section aria-label={name}>
      <h2>{name}</h2>
      {'error' in facts ? (
        <ErrorBox view={view} error={facts.error} />
      ) : (
        <Policies view={view} facts={facts} />
      )}
      {'error' in facts || facts.overview.others.length === 0 ? null : (
        <section class="card" aria-label={words.otherRuns}>
          <h3>{words.otherRuns}</h3>
          {facts.overview.others.map((run) => (
            <OpenRun view={view} run={run} />
          ))}
        </section>
      )}
    </section>
  );
}

function Policies({ view, facts }: { view: View; facts: LedgerFacts }) {
  const { words } = view.text;
  const { policies, unreadable } = facts.overview;
  const bad = policies.filter(({ status }) => needsAttention(status));
  const names = bad
    .map(({ status }) => status.policy)
    .join(view.text.language === 'zh' ? '、' : ', ');
  return (
    <>
      {policies.length === 0 ? (
        <p class="banner calm">
          <Coded text={words.noPolicies} />
        </p>
      ) : (
        <p class={`banner ${bad.length === 0 ? 'good' : 'bad'}`}>
          {bad.length === 0 ? words.allGood : words.bad(names)}
        </p>
      )}
      <Problems view={view} objects={unreadable} />
      {[...bad, ...policies.filter((one) => !bad.includes(one))].map((overview) => (
        <PolicyCard
          view={view}
          overview={overview}
          failures={facts.failures.get(overview.status.policy) ?? []}
        />
      ))}
      <ChecksSummary view={view} findings={facts.findings} />
    </>
  );
}

/** Why something cannot be shown. The message of a foreign error may contain anything, so it is left out. */
export function ErrorBox({ view, error }: { view: View; error: unknown }) {
  const known = error instanceof PhonevaultError ? error : undefined;
  return (
    <div class="banner bad" role="alert">
      <p>
        <strong>{view.text.words.ledgerFailed}</strong>
      </p>
      <p lang="en">{known === undefined ? view.text.words.failed : visible(known.message)}</p>
      {known?.hint === undefined ? null : <p lang="en">{visible(known.hint)}</p>}
    </div>
  );
}
