import type { Child } from 'hono/jsx';
import { phoneMeaning } from '../../../lib/meanings/meanings.ts';
import type { Text } from '../words/format.ts';

/** What all parts of the page need. */
export type View = {
  text: Text;
  /** Epoch ms. */
  now: number;
  /** Returns the address of a page of the ledger, from the names of its path; undefined in a file, which is all on one page. */
  href(path: readonly string[], query?: Readonly<Record<string, string>>): string | undefined;
};

/** A link, or in a file its text alone. */
export function Link({ href, children }: { href: string | undefined; children: Child }) {
  return href === undefined ? <>{children}</> : <a href={href}>{children}</a>;
}

/** A text of which `the quoted parts` are code. */
export function Coded({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : <>{part}</>))}
    </>
  );
}

/** A fact, with its title: below a third heading by default. */
export function Fact({
  title,
  level: Title = 'h4',
  children,
}: {
  title: string;
  level?: 'h3' | 'h4';
  children: Child;
}) {
  return (
    <div>
      <Title>{title}</Title>
      {children}
    </div>
  );
}

/** A table that can be scrolled sideways, also by keyboard. */
export function Table({
  label,
  head,
  id,
  children,
}: {
  label: string;
  head: readonly string[];
  id?: string;
  children: Child;
}) {
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0} id={id}>
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Returns why a phone ended as it did, in words with the code behind, or the code where it is unknown; '' without any. */
export function causeOf(
  { text }: View,
  {
    outcome,
    reason,
    code,
  }: { outcome: string; reason?: string | undefined; code?: string | undefined },
): string {
  if (reason === undefined && code === undefined) return '';
  const says = phoneMeaning({ outcome, reason, code }, text.language)?.says;
  if (says === undefined) return [reason, code].filter(Boolean).join(' ');
  return code === undefined
    ? says
    : text.language === 'zh'
      ? `${says}（${code}）`
      : `${says} (${code})`;
}
