import { languages, type Language } from '../../lib/meanings/entry.ts';
import type { PhoneBackup } from '../../lib/run/query/schemas/policy.ts';
import type { UiDeps } from './app.tsx';
import { ledgerFacts } from './facts.ts';
import type { Ledger } from './ledgers.ts';
import { ChecksTable } from './pages/checks.tsx';
import { type LedgerFacts, LedgerSection } from './pages/ledger.tsx';
import { FILTERS, filtered, PhoneTable } from './pages/phones.tsx';
import { CONTENT_POLICY } from './parts/assets.ts';
import { documentOf, Frame } from './parts/layout.tsx';
import { Coded, type View } from './parts/view.tsx';
import { textIn } from './words/format.ts';

/** Phones of each state in a file: a browser must not slow down for a large fleet. */
const MAX_PHONES = 200;

type Read = {
  name: string;
  facts: LedgerFacts | { error: unknown };
  phones: { policy: string; backups: readonly PhoneBackup[] }[];
};

/** Returns the page as one file without any request to elsewhere, in both languages, `first` shown at first. */
export async function fileOf(
  { ledgers, clock, zone }: UiDeps,
  first: Language,
  { checks }: { checks: boolean },
): Promise<string> {
  const read = await Promise.all(ledgers.map((ledger) => readAll(ledger, checks)));
  const now = clock.now();
  const bodies = languages.map((language) => {
    const text = textIn(language, now);
    const { words, tag } = text;
    const view: View = { text, now, href: () => undefined };
    const other = textIn(language === 'zh' ? 'en' : 'zh', now).tag;
    return (
      <div
        data-language={tag}
        data-title={words.title}
        lang={tag}
        hidden={language === first ? undefined : true}
      >
        <Frame
          text={text}
          title={words.title}
          languages={
            <button type="button" data-show={other} lang={other}>
              {words.otherLanguage}
            </button>
          }
          asOf={`${text.time(now, zone)} ${zone}`}
        >
          {read.map((one, index) => (
            <WholeLedger view={view} read={one} id={`${tag}-${index}`} />
          ))}
        </Frame>
      </div>
    );
  });
  const { tag, words } = textIn(first, now);
  return documentOf({ tag, title: words.title, policy: CONTENT_POLICY }, <>{bodies}</>);
}

async function readAll(ledger: Ledger, checks: boolean): Promise<Read> {
  const facts = await ledgerFacts(ledger, async () => (checks ? ledger.checks() : undefined));
  const phones: Read['phones'] = [];
  if (!('error' in facts)) {
    for (const { status } of facts.overview.policies) {
      if (status.phones === null) continue;
      const backups = await ledger.phones(status).catch(() => []);
      phones.push({ policy: status.policy, backups });
    }
  }
  return { name: ledger.name, facts, phones };
}

function WholeLedger({ view, read, id }: { view: View; read: Read; id: string }) {
  const { words } = view.text;
  const { name, facts, phones } = read;
  const findings = 'error' in facts ? undefined : facts.findings;
  return (
    <>
      <LedgerSection view={view} name={name} facts={facts} />
      {phones.map(({ policy, backups }, index) => (
        <AllPhones view={view} policy={policy} backups={backups} id={`${id}-${index}`} />
      ))}
      {findings === undefined ? null : (
        <details>
          <summary>{words.showChecks}</summary>
          <ChecksTable view={view} findings={findings} />
        </details>
      )}
    </>
  );
}

type Phones = { view: View; policy: string; backups: readonly PhoneBackup[]; id: string };

function AllPhones({ view, policy, backups, id }: Phones) {
  const { words } = view.text;
  return (
    <section class="card" aria-label={`${words.phones}${words.colon}${policy}`}>
      <h3>
        {words.phones}
        {words.colon}
        {policy}
      </h3>
      {FILTERS.filter((state) => state !== 'all').map((state) => {
        const found = filtered(backups, { state, q: '' });
        if (found.length === 0) return null;
        const list = `${id}-${state}`;
        const label = `${policy}${words.colon}${words.filterStates[state]}`;
        return (
          <details open={state === 'never' || state === 'late' ? true : undefined}>
            <summary>
              {words.filterStates[state]}
              {words.colon}
              {found.length}
            </summary>
            <label>
              {words.search}
              <br />
              <input type="search" data-filter={list} />
            </label>
            <PhoneTable view={view} phones={found.slice(0, MAX_PHONES)} label={label} id={list} />
            {found.length <= MAX_PHONES ? null : (
              <p class="soft">
                <Coded text={words.firstOf(MAX_PHONES, found.length)} />
              </p>
            )}
          </details>
        );
      })}
    </section>
  );
}
