import { meaningOf } from '../../../../lib/meanings/meanings.ts';
import { NIGHTS } from '../../../../lib/run/query/page/overview.ts';
import { trendOf } from '../../../../lib/run/query/page/trend.ts';
import { size } from '../../../text/size.ts';
import { Trend } from '../../parts/charts.tsx';
import { Fact } from '../../parts/view.tsx';
import { type Props, zoneOf } from './props.ts';

/** How many archives there are, and how much is backed up a day. */
export function Archives({ view, overview: { status, archives, recent } }: Props) {
  const { words } = view.text;
  const days = trendOf(recent, { zone: zoneOf(status), days: NIGHTS, now: view.now });
  return (
    <Fact title={words.archives}>
      <p>
        {archives?.all === true
          ? words.archivesOf(archives.archives, size(archives.bytes))
          : words.notCounted}
      </p>
      <Trend view={view} days={days} />
    </Fact>
  );
}

/** What retention did last. */
export function Retention({ view, overview: { pruned } }: Props) {
  const { words, language, ago } = view.text;
  if (pruned === undefined) {
    return (
      <Fact title={words.retention}>
        <p>{words.retentionNever}</p>
      </Fact>
    );
  }
  const { at, blocked, deleted, bytes } = pruned;
  const text =
    blocked === undefined
      ? words.retentionDid(deleted, size(bytes), ago(at))
      : words.retentionBlocked(meaningOf('prune', blocked, language)?.says ?? blocked, ago(at));
  return (
    <Fact title={words.retention}>
      <p class={blocked === undefined ? undefined : 'banner warn'}>{text}</p>
    </Fact>
  );
}
