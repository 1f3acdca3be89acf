import type { ArchivePage } from '../../../lib/run/query/archives.ts';
import type { PhoneBackup } from '../../../lib/run/query/schemas/policy.ts';
import { size } from '../../text/size.ts';
import { PhoneTable } from './phones.tsx';
import { Coded, Link, Table, type View } from '../parts/view.tsx';

/** A phone's history: its state in each policy, and its archives. */
export function PhoneHistory({
  view,
  id,
  backups,
  page,
  zone,
}: {
  view: View;
  id: string;
  backups: readonly PhoneBackup[];
  page: ArchivePage;
  zone: string;
}) {
  const { words, time, ago } = view.text;
  const name = backups[0]?.phone_name || page.archives[0]?.phone_name || id;
  const head = [words.time, words.policy, words.run, words.size, words.archive];
  return (
    <>
      <h2>{words.phoneOf(name)}</h2>
      <p class="soft">
        <code>{id}</code>
      </p>
      {backups.length === 0 ? null : <PhoneTable view={view} phones={backups} />}
      <h2>{words.history}</h2>
      {page.archives.length === 0 ? <p>{words.noArchives}</p> : null}
      {page.archives.length === 0 ? null : (
        <Table label={words.history} head={head}>
          {page.archives.map((archive) => (
            <tr>
              <td class="whole">
                {time(archive.verified_at, zone)}
                <br />
                <span class="soft small">{ago(archive.verified_at)}</span>
              </td>
              <td class="whole">{archive.policy}</td>
              <td>
                <Link href={view.href(['runs', archive.run_id])}>{archive.run_id}</Link>
              </td>
              <td class="number">{size(archive.size)}</td>
              <td>
                <code>{`obs://${archive.bucket}/${archive.key}`}</code>{' '}
                {archive.suspect === true ? <span class="badge warn">{words.suspect}</span> : null}
                {archive.pinned === true ? <span class="badge calm">{words.pinned}</span> : null}
                {archive.trashed_at === undefined ? null : (
                  <span class="badge calm">{words.trashed}</span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {page.next === undefined ? null : (
        <nav class="pages" aria-label={words.pages}>
          <a href={view.href(['phones', id], { after: page.next })} rel="next">
            {words.nextPage}
          </a>
        </nav>
      )}
      <p class="soft">
        <Coded text={`\`phonevault restore ${name}\` · \`phonevault retention explain ${name}\``} />
      </p>
    </>
  );
}
