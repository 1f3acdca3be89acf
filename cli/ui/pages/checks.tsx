import { type Finding, nameOf, type Outcome } from '../../doctor/finding/finding.ts';
import { isKnown, sayIn } from '../../words/sentences/say.ts';
import { Coded, Link, Table, type View } from '../parts/view.tsx';

const ORDER: readonly Outcome[] = ['failed', 'warning', 'unknown', 'skipped', 'ok'];

/** What `phonevault doctor` found, in one line; undefined while it runs. */
export function ChecksSummary({
  view,
  findings,
}: {
  view: View;
  findings: readonly Finding[] | undefined;
}) {
  const { words } = view.text;
  if (findings === undefined) {
    return (
      <p class="soft">
        <Coded text={words.checksRunning} />{' '}
        <Link href={view.href(['checks'])}>{words.showChecks}</Link>
      </p>
    );
  }
  const count = (outcome: Outcome): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const text = words.checksSummary(count('failed'), count('warning'), count('ok'));
  const tone = count('failed') > 0 ? 'bad' : count('warning') > 0 ? 'warn' : 'good';
  const href = view.href(['checks']);
  return (
    <p>
      <span class={`badge ${tone}`}>{words.checks}</span> {text}
      {href === undefined ? null : (
        <>
          {' '}
          <a href={href}>{words.showChecks}</a>
        </>
      )}
    </p>
  );
}

/** All checks, those that failed first. */
export function ChecksTable({ view, findings }: { view: View; findings: readonly Finding[] }) {
  const { words } = view.text;
  const rank = ({ outcome, follows }: Finding): number =>
    ORDER.indexOf(outcome) + (follows === undefined ? 0 : 0.5);
  const sorted = [...findings].sort((a, b) => rank(a) - rank(b));
  return (
    <Table label={words.checks} head={[words.result, words.check, words.doThis]}>
      {sorted.map((finding) => (
        <tr>
          <td class="whole">{words.outcomes[finding.outcome]}</td>
          <td>
            <strong>{nameOf(finding)}</strong>: <Said view={view} text={finding.message} />
          </td>
          {finding.follows === undefined ? (
            <td>
              <Said view={view} text={finding.fix ?? ''} />
            </td>
          ) : (
            <td>{words.followsFrom(finding.follows)}</td>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** A text of a finding, in the language of the page as far as it has words for it. */
function Said({ view, text }: { view: View; text: string }) {
  const { language, tag } = view.text;
  return <span lang={isKnown(text) ? tag : 'en'}>{sayIn(language, text)}</span>;
}
