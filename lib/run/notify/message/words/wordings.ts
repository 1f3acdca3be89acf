import type { Language } from '../../../../meanings/entry.ts';
import { english } from './text-en.ts';
import { chinese } from './text-zh.ts';
import type { Wording } from './wording.ts';

export const wordings: Record<Language, Wording> = { en: english, zh: chinese };
