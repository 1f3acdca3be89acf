const INTERVAL = 24;

/** Returns the text with `mark` written into it every 24 characters, so that a test finds any longer piece of it. */
export function marked(text: string, mark: string | undefined): string {
  if (mark === undefined) return text;
  let result = text;
  for (let at = INTERVAL / 3; at + mark.length <= text.length; at += INTERVAL) {
    result = result.slice(0, at) + mark + result.slice(at + mark.length);
  }
  return result;
}
