/** Names that try to pass for lines of ours, to hide or reverse text, or to fill the screen. */
export const HOSTILE_NAMES: Record<string, string> = {
  'a line end': 'a\nexported (61)\n  game-9998',
  'a carriage return': 'a\rexported (61)',
  'concealed text': 'a\u001b[8mhidden',
  'a colour': 'a\u001b[32mgreen',
  'a window title': 'a\u001b]0;title\u0007',
  'a C1 control': 'a\u009b2J',
  'a next line': 'a\u0085exported (61)',
  'an Arabic letter mark': 'a\u061cb',
  'a reversed text': 'a\u202egpj.exe',
  'an isolate': 'a\u2066b\u2069',
  'a line separator': 'a\u2028exported (61)\u2029b',
  'tag characters': 'a\u{e0001}\u{e0041}\u{e007f}',
  'zero-width characters': 'a\u200b\u200d\u2060\ufeff',
  'a filler': 'a\u3164b',
  'half a character': 'a\ud800b',
  'a null': 'a\u0000b',
  '4,000 characters': 'x'.repeat(4_000),
  '4,000 controls': '\u001b'.repeat(4_000),
};

/** What no text for people may hold, besides line ends. */
export const UNSAFE_TEXT = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/u;
