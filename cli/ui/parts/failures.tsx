import { phoneMeaning } from '../../../lib/meanings/meanings.ts';
import type { FailureGroup } from '../../../lib/run/query/page/failures.ts';
import { causeOf, Coded, Link, type View } from './view.tsx';

/** What failed, grouped by cause, and what to do. */
export function Failures({ view, groups }: { view: View; groups: readonly FailureGroup[] }) {
  const { words, language } = view.text;
  return (
    <>
      {groups.map(({ outcome, reason, code, count, phones }) => {
        const meaning = phoneMeaning({ outcome, reason, code }, language);
        const cause = causeOf(view, { outcome, reason, code }) || (meaning?.says ?? outcome);
        const isSkipped = outcome === 'skipped';
        return (
          <div class={isSkipped ? 'failure skipped' : 'failure'}>
            <p>
              <strong>
                {words.phonesOf(count)}
                {words.colon}
              </strong>
              {cause}
            </p>
            <p>
              {phones.map(({ phone_id, phone_name }, index) => (
                <>
                  {index === 0 ? null : language === 'zh' ? '、' : ', '}
                  <Link href={view.href(['phones', phone_id])}>{phone_name || phone_id}</Link>
                </>
              ))}
              {count > phones.length ? ` ${words.andMore(count - phones.length)}` : null}
            </p>
            {meaning?.fix === undefined ? null : (
              <p class="soft">
                {words.doThis}
                {words.colon}
                <Coded text={meaning.fix} />
              </p>
            )}
          </div>
        );
      })}
    </>
  );
}
