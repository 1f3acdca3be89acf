/** Heads, types, defaults and allowed values of docs/policy.md in Chinese, by the text in English. */
export const allowed: Readonly<Record<string, string>> = {
  Field: '字段',
  Type: '类型',
  Default: '默认值',
  Allowed: '允许的值',
  Example: '示例',
  Meaning: '含义',
  string: '字符串',
  boolean: '布尔值',
  'date and time': '日期和时间',
  mapping: '映射',
  'mapping of lists': '列表的映射',
  duration: '时长',
  integer: '整数',
  list: '列表',
  required: '必填',
  none: '无',
  'see below': '见下文',
  'none that day': '当天没有',
  '`1h`, or the deadline if shorter': '`1h`，不超过截止时间',
  '`10m`, or half the deadline if shorter': '`10m`，不超过截止时间的一半',
  'true or false': 'true 或 false',
  '1 to 32 characters from a-z, 0-9 and -': '1 到 32 个字符，可用 a-z、0-9 和 -',
  'a date and time with a UTC offset, such as 2026-01-31T08:00:00+08:00':
    '带 UTC 偏移的日期和时间，例如 2026-01-31T08:00:00+08:00',
  'a duration from 0s to 7d, such as 90s, 10m, 1h30m or 1d':
    '0s 到 7d 的时长，例如 90s、10m、1h30m 或 1d',
  'a duration from 1s to 12h, such as 90s, 10m, 1h30m or 1d':
    '1s 到 12h 的时长，例如 90s、10m、1h30m 或 1d',
  'a duration from 1s to 7d, such as 90s, 10m, 1h30m or 1d':
    '1s 到 7d 的时长，例如 90s、10m、1h30m 或 1d',
  'a duration from 1m to 366d, such as 90s, 10m, 1h30m or 1d':
    '1m 到 366d 的时长，例如 90s、10m、1h30m 或 1d',
  'a duration from 1h to 364d, such as 90s, 10m, 1h30m or 1d':
    '1h 到 364d 的时长，例如 90s、10m、1h30m 或 1d',
  'auto, or a whole number from 1 to 100': 'auto，或 1 到 100 的整数',
  'a whole number from 1 to 5': '1 到 5 的整数',
  'a whole number from 1 to 50': '1 到 50 的整数',
  'a whole number from 1 to 99999': '1 到 99999 的整数',
  'a whole number from 1 to 100000': '1 到 100000 的整数',
  'a percentage from 1% to 100%, such as 90%': '1% 到 100% 的百分比，例如 90%',
  'one of always, problems, change': 'always、problems 或 change',
  'one of en, zh': 'en 或 zh',
  'one of common, wide': 'common 或 wide',
  'one of fail, continue': 'fail 或 continue',
  'one of random, newest': 'random 或 newest',
  'six fields: second minute hour day-of-month month day-of-week': '六个字段：秒 分 时 日 月 星期',
  'an IANA time zone, such as Asia/Shanghai or UTC': 'IANA 时区，例如 Asia/Shanghai 或 UTC',
  'a list of 1 to 10000 phone ids': '1 到 10000 个云手机 ID 的列表',
  'a list of 1 to 10000 server ids': '1 到 10000 个服务器 ID 的列表',
  'a list of 1 to 50 phone ids': '1 到 50 个云手机 ID 的列表',
  'an id of 1 to 32 characters from A-Z, a-z, 0-9, _ and -':
    'ID 为 1 到 32 个字符，可用 A-Z、a-z、0-9、_ 和 -',
  'a mapping from tag keys to lists of values': '标签键到值列表的映射',
  'a pattern of 1 to 128 characters with * ? [a-z] [!a-z]':
    '1 到 128 个字符的模式，可用 * ? [a-z] [!a-z]',
  'a list of 1 to 100 paths': '1 到 100 个路径的列表',
  'a list of 0 to 100 paths': '0 到 100 个路径的列表',
  '/data, /cache or an absolute path below them': '/data、/cache 或其下的绝对路径',
  'A-Z a-z 0-9 . / - _ + # = ~ and * as the last character':
    '可用 A-Z a-z 0-9 . / - _ + # = ~，末尾可用 *',
  'A-Z a-z 0-9 . / - _ + # = and {policy} {date} {slot}':
    '可用 A-Z a-z 0-9 . / - _ + # = 以及 {policy} {date} {slot}',
  '3 to 63 characters from a-z, 0-9, - and ., with a letter or digit at both ends and around each dot, no IP address':
    '3 到 63 个字符，可用 a-z、0-9、- 和 .，两端和每个点的两侧为字母或数字，不能是 IP 地址',
  'a list of 1 to 10 commands': '1 到 10 条命令的列表',
  'one shell command of 1 to 1,024 letters, digits, spaces and _ . / : -':
    '一条 shell 命令，1 到 1,024 个字符，可用字母、数字、空格和 _ . / : -',
  '1 to 200 letters, digits, spaces and _ . / : , = + @ # -':
    '1 到 200 个字符，可用字母、数字、空格和 _ . / : , = + @ # -',
};
