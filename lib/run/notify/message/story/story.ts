/** What a notification says, from which the text for each kind of subscriber is made. */
export type Story = {
  /** Who, when and how it went: `nightly 02:30 partial`. */
  head: string;
  /** What else, the most important first. */
  facts: Fact[];
  /** What to do next. `isUrgent`: something has to be done. */
  next: { command: string; isUrgent: boolean };
  /** Blocks of lines that only an e-mail has. */
  blocks: string[][];
};

/**
 * `full` for a message; `brief` for a subject and a text message, which leave out facts without it; `named` is brief but for the names
 * of phones.
 */
export type Fact = { full: string; named?: string; brief?: string };

/** Returns a fact that is as short in every text. */
export const short = (text: string): Fact => ({ full: text, brief: text });
