import { cutBytes } from '../../../visible.ts';
import type { Locale, Notification } from './notification.ts';
import {
  credentialsStory,
  heartbeatStory,
  missedStory,
  pruneStory,
  recoveredStory,
  unreadableStory,
} from './story/other-stories.ts';
import { settledStory } from './story/settled-story.ts';
import { smsText } from './sms.ts';
import { staleStory } from './story/stale-story.ts';
import type { Story } from './story/story.ts';
import type { Wording } from './words/wording.ts';
import { wordings } from './words/wordings.ts';

/** What people read. */
export type Texts = {
  /** Without a prefix. */
  subject: string;
  /** In one line: what, how bad, which phones, why, and what to do next. */
  line: string;
  sms: string;
  email: string;
};

const NAME = 'Phonevault';
/** A chatbot of WeCom takes 2,048 bytes (work.weixin.qq.com, path 91770), the least of the chatbots; the subject may be among them. */
const LINE_BYTES = 2_048 - 512;

/** Returns what people read of a notification. Pure. */
export function textsOf(notification: Notification, locale: Locale): Texts {
  const story = storyOf(notification, locale);
  const wording = wordings[locale.language];
  const forms = formsOf(story, wording);
  const next = `${story.next.isUrgent ? wording.next : wording.details}${story.next.command}`;
  const line = lineOf(forms, `${wording.space}${next}`, wording);
  return {
    subject: withoutName(forms.brief),
    line,
    sms: smsOf(forms, line, story.head),
    email: [[forms.brief, next], ...story.blocks]
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n\n'),
  };
}

/** The same story in fewer and fewer words. */
type Forms = Record<'full' | 'main' | 'named' | 'brief' | 'first', string>;

function formsOf({ head, facts }: Story, wording: Wording): Forms {
  const joined = (parts: readonly string[]): string =>
    oneLine(parts.length === 0 ? head : `${head}${wording.colon}${parts.join(wording.comma)}`);
  const main = facts.flatMap(({ full, brief, named = brief }) =>
    brief === undefined || named === undefined ? [] : [{ full, named, brief }],
  );
  return {
    full: joined(facts.map(({ full }) => full)),
    main: joined(main.map(({ full }) => full)),
    named: joined(main.map(({ named }) => named)),
    brief: joined(main.map(({ brief }) => brief)),
    first: joined(main.slice(0, 1).map(({ brief }) => brief)),
  };
}

/** What a service said may have several lines. */
const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** Returns the longest form that chatbots take, with what to do next. */
function lineOf({ full, main, named, brief }: Forms, next: string, { sentence }: Wording): string {
  const lines = [full, main, named, brief].map((form) => sentence(form) + next);
  const found = lines.find((line) => Buffer.byteLength(line) <= LINE_BYTES);
  return found ?? cutBytes(brief, LINE_BYTES - Buffer.byteLength(sentence('') + next)) + next;
}

function smsOf({ full, main, named, brief, first }: Forms, line: string, head: string): string {
  const long = [line, full, main, named].map(withName);
  const rest = [brief, first].flatMap((form) => [withName(form), form]);
  return smsText([...long, named, ...rest, withName(head)]);
}

const withName = (text: string): string => (text.startsWith(NAME) ? text : `${NAME} ${text}`);

const withoutName = (text: string): string =>
  text.startsWith(NAME) ? text.slice(NAME.length).trimStart() : text;

function storyOf(notification: Notification, locale: Locale): Story {
  switch (notification.kind) {
    case 'settled':
    case 'restore':
    case 'drill':
      return settledStory(notification, locale);
    case 'missed':
      return missedStory(notification, locale);
    case 'unreadable':
      return unreadableStory(notification, locale);
    case 'stale':
      return staleStory(notification, locale);
    case 'recovered':
      return recoveredStory(notification, locale);
    case 'credentials':
      return credentialsStory(notification, locale);
    case 'prune':
      return pruneStory(notification, locale);
    case 'heartbeat':
      return heartbeatStory(notification, locale);
  }
}
