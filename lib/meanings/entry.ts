/** The languages of what people read. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** The same in each language, in the order of `languages`. */
export type Words = readonly [en: string, zh: string];

/** What a code means, for people. */
export type Entry = {
  /** A phrase without a full stop: it fits into a line, and after "because". */
  says: Words;
  /** More about it, in sentences. */
  more?: Words;
  /** What to do, in sentences. Absent where nothing has to be done. */
  fix?: Words;
};

/** An entry in one language. */
export type Meaning = { says: string; more?: string; fix?: string };

/** Returns an entry in a language. */
export function inLanguage({ says, more, fix }: Entry, language: Language): Meaning {
  const index = languages.indexOf(language);
  const one = (words: Words): string => words[index] ?? words[0];
  return {
    says: one(says),
    ...(more === undefined ? {} : { more: one(more) }),
    ...(fix === undefined ? {} : { fix: one(fix) }),
  };
}
