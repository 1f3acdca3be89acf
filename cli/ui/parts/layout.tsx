import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Text } from '../words/format.ts';
import { SCRIPT, STYLE } from './assets.ts';

type Frame = {
  text: Text;
  /** The title of this page. */
  title: string;
  /** The switch to the other language. */
  languages: Child;
  /** The address of the first page; undefined when it is this one. */
  home?: string | undefined;
  asOf: string;
  children: Child;
};

/** Returns a whole document as text. `policy`: the content policy, for a file, which has no headers. */
export function documentOf(
  { tag, title, policy }: { tag: string; title: string; policy?: string },
  body: Child,
): string {
  const html = (
    <html lang={tag}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        {policy === undefined ? null : (
          <meta http-equiv="Content-Security-Policy" content={policy} />
        )}
        <title>{title}</title>
        <style>{raw(STYLE)}</style>
      </head>
      <body>
        {body}
        <script>{raw(SCRIPT)}</script>
      </body>
    </html>
  );
  return `<!doctype html>${(html as { toString(): string }).toString()}`;
}

/** The head and the content of a page. */
export function Frame({ text: { words, tag }, title, languages, home, asOf, children }: Frame) {
  return (
    <>
      <a class="skip" href={`#content-${tag}`}>
        {words.skip}
      </a>
      <header>
        <h1>{home === undefined ? title : <a href={home}>{words.title}</a>}</h1>
        <p>
          {home === undefined ? `${words.subtitle} · ` : null}
          {words.asOf(asOf)}
        </p>
        <nav aria-label={words.otherLanguage}>{languages}</nav>
      </header>
      <main id={`content-${tag}`} tabindex={-1}>
        {children}
      </main>
    </>
  );
}
