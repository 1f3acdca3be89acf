import type { Language } from '../../lib/meanings/entry.ts';
import type { Io } from '../io/io.ts';
import { english, type Words } from './en/words.ts';
import { chinese } from './zh/words.ts';

export type { Words };

const tables: Record<Language, Words> = { en: english, zh: chinese };

/**
 * Returns the table of texts in the language of the reader. Messages of errors and of `validate` are in none: they are in English. For
 * what `doctor` finds, and hints, see `sentences/`.
 */
export const wordsOf = ({ language }: Pick<Io, 'language'>): Words => tables[language];
