import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { Clock } from '../../lib/clock.ts';
import type { Language } from '../../lib/meanings/entry.ts';
import { POLICY_NAME, RESOURCE_ID, RUN_ID } from '../../lib/names.ts';
import { ARCHIVE_TOKEN } from '../../lib/run/query/archives.ts';
import { failuresOfLast, ledgerFacts } from './facts.ts';
import type { Ledger } from './ledgers.ts';
import { ChecksTable } from './pages/checks.tsx';
import { ErrorBox, LedgerSection } from './pages/ledger.tsx';
import { PhoneHistory } from './pages/phone.tsx';
import { FILTERS, type PhoneFilter, PhoneList } from './pages/phones.tsx';
import { PolicyCard } from './pages/policy/card.tsx';
import { zoneOf } from './pages/policy/props.ts';
import { RunPage } from './pages/run.tsx';
import { documentOf, Frame } from './parts/layout.tsx';
import type { View } from './parts/view.tsx';
import { textIn } from './words/format.ts';

export type UiDeps = {
  ledgers: readonly Ledger[];
  clock: Pick<Clock, 'now'>;
  /** The reader's time zone. */
  zone: string;
};

/** Returns the page as a web application that only reads. */
export function createUi({ ledgers, clock, zone }: UiDeps): {
  respond(request: Request): Promise<Response>;
} {
  const app = new Hono({ strict: false });

  const page = (c: Context, { title, body, status = 200 }: Page): Response => {
    const { text, home } = at(c);
    const { words } = text;
    const whole = title === undefined ? words.title : `${title} · ${words.title}`;
    const html = documentOf(
      { tag: text.tag, title: whole },
      <Frame
        text={text}
        title={words.title}
        languages={<OtherLanguage c={c} text={text} />}
        home={title === undefined ? undefined : home}
        asOf={`${text.time(clock.now(), zone)} ${zone}`}
      >
        {title === undefined ? null : (
          <p>
            <a href={home}>{words.back}</a>
          </p>
        )}
        {body}
      </Frame>,
    );
    return c.html(html, status);
  };
  const at = (c: Context) => {
    const language = languageOf(c.req.query('lang'), c.req.header('accept-language'));
    return { text: textIn(language, clock.now()), home: `/?lang=${language}` };
  };
  const viewOf = (c: Context, number: number): View => {
    const { text } = at(c);
    return { text, now: clock.now(), href: hrefs(number, text.language) };
  };
  /** Serves a page of one ledger. Without a body there is nothing at the address. */
  const ledgerPage = (path: string, make: (found: Found) => Promise<Made | undefined>): void => {
    app.get(`/ledgers/:ledger${path}`, async (c) => {
      const number = Number(c.req.param('ledger'));
      const ledger = ledgers[number - 1];
      if (ledger === undefined) return c.notFound();
      const made = await make({ c, ledger, view: viewOf(c, number) });
      return made === undefined ? c.notFound() : page(c, made);
    });
  };

  app.get('/', async (c) => {
    const sections = await Promise.all(
      ledgers.map(async (ledger, index) => {
        const facts = await ledgerFacts(ledger, async () => ledger.lastChecks());
        return <LedgerSection view={viewOf(c, index + 1)} name={ledger.name} facts={facts} />;
      }),
    );
    return page(c, { body: <>{sections}</> });
  });

  ledgerPage('/policies/:policy', async ({ c, ledger, view }) => {
    const { policies } = await ledger.overview();
    const overview = policies.find(({ status }) => status.policy === c.req.param('policy'));
    if (overview === undefined || !POLICY_NAME.test(overview.status.policy)) return undefined;
    const { status } = overview;
    const failures = await failuresOfLast(ledger, status.last_run);
    const phones = status.phones === null ? [] : await ledger.phones(status);
    return {
      title: status.policy,
      body: (
        <>
          <h2>{ledger.name}</h2>
          <PolicyCard view={view} overview={overview} failures={failures} />
          <PhoneList view={view} policy={status.policy} phones={phones} filter={filterOf(c)} />
        </>
      ),
    };
  });

  ledgerPage('/phones/:phone', async ({ c, ledger, view }) => {
    const id = c.req.param('phone') ?? '';
    const after = c.req.query('after') ?? '';
    if (!RESOURCE_ID.test(id) || !(after === '' || ARCHIVE_TOKEN.test(after))) return undefined;
    const { policies } = await ledger.overview();
    const known = policies.filter(({ status }) => status.phones !== null);
    const each = known.map(({ status }) => ledger.phones(status).catch(() => []));
    const backups = (await Promise.all(each)).flat().filter(({ phone_id }) => phone_id === id);
    const archives = await ledger.archives(id, after);
    if (backups.length === 0 && archives.archives.length === 0) return undefined;
    return {
      title: backups[0]?.phone_name || id,
      body: <PhoneHistory view={view} id={id} backups={backups} page={archives} zone={zone} />,
    };
  });

  ledgerPage('/runs/:run', async ({ c, ledger, view }) => {
    const id = c.req.param('run') ?? '';
    const run = RUN_ID.test(id) ? await ledger.run(id) : undefined;
    if (run === undefined) return undefined;
    const { policies } = await ledger.overview();
    const owner = policies.find(({ status }) => status.policy === run.policy);
    const failures = await ledger.failures(id);
    const own = owner === undefined ? zone : zoneOf(owner.status);
    return {
      title: id,
      body: <RunPage view={view} run={run} failures={failures} zone={own} />,
    };
  });

  ledgerPage('/checks', async ({ ledger, view }) => ({
    title: view.text.words.checks,
    body: (
      <>
        <h2>{view.text.words.checks}</h2>
        <ChecksTable view={view} findings={await ledger.checks()} />
      </>
    ),
  }));

  app.notFound((c) => {
    const { words } = at(c).text;
    return page(c, { title: words.notFound, body: <p>{words.notFound}</p>, status: 404 });
  });
  app.onError((error, c) => {
    const { words } = at(c).text;
    const body = <ErrorBox view={viewOf(c, 1)} error={error} />;
    return page(c, { title: words.failed, body, status: 500 });
  });
  return { respond: async (request) => app.fetch(request) };
}

type Page = { title?: string; body: Child; status?: 200 | 404 | 500 };
type Made = Page & { title: string };
type Found = { c: Context; ledger: Ledger; view: View };

/** Returns how the pages of a ledger link to each other. */
const hrefs =
  (number: number, language: Language): View['href'] =>
  (path, query = {}) => {
    const parts = ['ledgers', String(number), ...path].map(encodeURIComponent);
    return `/${parts.join('/')}?${new URLSearchParams({ ...query, lang: language }).toString()}`;
  };

function OtherLanguage({
  c,
  text,
}: {
  c: Context;
  text: { language: Language; words: { otherLanguage: string } };
}) {
  const other = text.language === 'zh' ? 'en' : 'zh';
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.set('lang', other);
  return (
    <a href={`${pathname}?${searchParams.toString()}`} hreflang={other} lang={other}>
      {text.words.otherLanguage}
    </a>
  );
}

/** Returns the wanted language, else the first that the browser prefers. */
function languageOf(wanted: string | undefined, accepted = ''): Language {
  if (wanted === 'en' || wanted === 'zh') return wanted;
  return accepted.trim().toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function filterOf(c: Context): PhoneFilter {
  const wanted = c.req.query('state');
  const page = Number(c.req.query('page') ?? '1');
  return {
    state: FILTERS.find((state) => state === wanted) ?? 'all',
    q: (c.req.query('q') ?? '').slice(0, 128),
    page: Number.isSafeInteger(page) ? page : 1,
  };
}
