/** What each field of a policy means in Chinese, by the text in English, which stands in the schema. */
export const meanings: Readonly<Record<string, string>> = {
  'The name of the policy: its file name without `.yaml`.': '策略的名称：不含 `.yaml` 的文件名。',
  'Whether timers and new phones start runs. Requested runs start anyway.':
    '定时器和新云手机是否启动运行。请求的运行不受影响。',
  'Slots before this time never run.': '此时间之前的计划时间不运行。',
  'When the policy runs. Without it, only requests and timers that name the policy start runs.':
    '策略何时运行。没有它时，只有请求和指定该策略的定时器启动运行。',
  'The phones to export. A phone must meet every condition; at least one condition is required, and `exclude` wins.':
    '导出哪些云手机。云手机必须满足所有条件；至少需要一个条件，`exclude` 优先。',
  'What to export, and where to.': '导出什么，存到哪里。',
  'Shell commands on each phone around its export, such as to stop an app.':
    '每台云手机导出前后执行的 shell 命令，例如停止应用。',
  'How long a run may take in total, from when it is planned.':
    '一次运行最多用多长时间，从制定计划时算起。',
  'How long the export of a phone may take after it is accepted; at most the deadline. Default: 1h, or the deadline if shorter.':
    '一台云手机的导出被接受后最多用多长时间，不超过截止时间。默认 1h；截止时间更短时为截止时间。',
  'How long to wait for phones that are being created, reset, restarted or stopped; less than the deadline. Default: 10m, or half the deadline if shorter.':
    '正在创建、重置、重启或关机的云手机最多等待多长时间，必须短于截止时间。默认 10m；截止时间的一半更短时为其一半。',
  'How many phones of a server are exported at the same time, over all runs. Limits the load on the server. `auto` starts at 4 and grows while exports take no longer and do not fail more.':
    '一台服务器上同时导出多少台云手机，所有运行合计。用于限制服务器的负载。`auto` 从 4 开始，导出没有变慢、失败没有增多时提高。',
  'The most attempts per phone. Attempts whose response was lost do not count; there may be 3 of those.':
    '每台云手机最多尝试多少次。响应丢失的尝试不计入，这样的尝试最多 3 次。',
  'How old the last verified archive of a phone may be. Default: a phone is late when its archive is older than the last two slots that should have ended.':
    '云手机最近一个已校验的归档最多可以有多旧。默认：归档早于应当已结束的最近两个计划时间时，云手机为过期。',
  'How many of the phones that can be exported must have a backup that is recent enough. Below 100%, one phone may always be late.':
    '可导出的云手机中有近期备份的比例至少为多少。低于 100% 时，始终允许一台过期。',
  'What is verified of an archive besides its job, size and ETag.':
    '除任务、大小和 ETag 以外，还校验归档的什么。',
  'Which archives are deleted. Without it, none are. At least one rule is required: `retention_duration_days`, or counts, which add up.':
    '删除哪些归档。没有它时不删除任何归档。至少需要一条规则：`retention_duration_days`，或可以叠加的数量规则。',
  'Restores archives of the policy to scratch phones, to prove that they can be.':
    '把策略的归档恢复到演练用云手机，以证明归档可以恢复。',
  'Whether new and reset phones are exported soon after they appear.':
    '新建和重置的云手机出现后是否尽快导出。',
  'Which settled runs are reported: all, those not completed, or those whose outcome differs from the previous run.':
    '哪些已结束的运行发送通知：全部、未完成的，或结果与上一次运行不同的。',
  'The language of all messages. Codes and field names for programs do not depend on it.':
    '所有消息的语言。供程序使用的代码和字段名不受影响。',
  'When to run: second minute hour day-of-month month day-of-week, as in FunctionGraph timers.':
    '何时运行：秒 分 时 日 月 星期，与 FunctionGraph 定时器相同。',
  'The IANA time zone of the cron expression and of `{date}`.':
    'cron 表达式和 `{date}` 使用的 IANA 时区。',
  'How late a slot may start, for example after an outage. An older slot does not run and is reported as missed.':
    '计划时间最多可以推迟多久开始，例如中断之后。更早的计划时间不运行，并通知为错过。',
  'Phones by id. A phone that CPH does not list ends as `failed: not_found`.':
    '按 ID 选择云手机。CPH 没有列出的云手机以 `failed: not_found` 结束。',
  'Phones on these servers, by server id.': '这些服务器上的云手机，按服务器 ID。',
  'Phones on servers that have all these tags, each with one of the listed values. An empty list matches any value.':
    '服务器具有所有这些标签、且每个标签的值在列表中的云手机。空列表匹配任何值。',
  'Phones by name pattern, case-sensitive: `*` any text, `?` any character, `[a-z]` one of a set, `[!a-z]` one outside it.':
    '按名称模式选择云手机，区分大小写：`*` 任意文本，`?` 任意一个字符，`[a-z]` 集合中的一个字符，`[!a-z]` 集合之外的一个字符。',
  'Phones that are never exported, by id.': '始终不导出的云手机，按 ID。',
  'Servers whose phones are never exported, by server id.':
    '其云手机始终不导出的服务器，按服务器 ID。',
  'Phones that are never exported, by name pattern.': '始终不导出的云手机，按名称模式。',
  'A run that selects more phones fails before it exports anything.':
    '选中的云手机超过此数时，运行在导出任何内容之前失败。',
  'The paths to export: /data, /cache or below. A `*` at the end matches every path that starts like that.':
    '导出的路径：/data、/cache 或其下的路径。末尾的 `*` 匹配以此开头的所有路径。',
  'Paths that are not exported, even below an `include`. Excluding every `include` is an error, excluding one of several a warning.':
    '不导出的路径，即使在 `include` 的路径之下。排除所有 `include` 是错误；排除多个中的一个给出警告。',
  'Which characters paths may have. `wide` adds `~`, as in `/data/app/~~x==`: only for regions with the newer edition of the export API; CPH refuses the path elsewhere.':
    '路径中可用的字符。`wide` 增加 `~`，例如 `/data/app/~~x==`：只用于导出接口为较新版本的区域，其他区域的 CPH 会拒绝该路径。',
  "The OBS bucket for the archives, in the phones' region.":
    '存放归档的 OBS 桶，与云手机在同一区域。',
  'The folder of the archives, with `{policy}`, `{date}` and `{slot}` replaced. Run id, phone id and attempt are added.':
    '归档的文件夹，其中 `{policy}`、`{date}` 和 `{slot}` 会被替换。之后加上运行 ID、云手机 ID 和尝试次数。',
  'Commands that a phone runs before its export, one after the other.':
    '云手机在导出前依次执行的命令。',
  'Commands that a phone runs after its export, also when a command before it or the export has failed.':
    '云手机在导出后执行的命令，导出前的命令或导出失败时也执行。',
  'How long a command may take after CPH has accepted it. It may wait for the exports of its server.':
    'CPH 接受命令后，命令最多用多长时间。命令可能要等待其服务器上的导出。',
  'What a failed command of `before` means: `fail`, the phone is not exported and ends as `hook_failed`; `continue`, it is exported all the same. A failed command of `after` is only reported.':
    '`before` 的命令失败时的处理：`fail` 不导出该云手机，以 `hook_failed` 结束；`continue` 仍然导出。`after` 的命令失败只会报告。',
  'How many of the new archives of a run drive reads to their end, at least one. Which ones follows from the ids of run and phones.':
    'drive 把一次运行的多少新归档读到末尾，至少一个。读取哪些由运行和云手机的 ID 决定。',
  'Deletes archives that are older than this many days. Not together with the counts.':
    '删除超过这么多天的归档。不能与数量规则同时使用。',
  'Keeps this many of the newest archives of a phone.': '保留一台云手机最新的这么多个归档。',
  'Keeps the newest archive of each of the last days, as many days, that have one.':
    '保留最近这么多个有归档的日期，每天最新的一个归档。',
  'The same by week, from Monday.': '按周，从星期一开始，同上。',
  'The same by month.': '按月，同上。',
  'The same by year.': '按年，同上。',
  'The IANA time zone in which days begin. Required for the counts by period.':
    '划分日期的 IANA 时区。按天、周、月、年的数量规则必填。',
  'How long an archive that falls under the rules stays marked before it is deleted. `phonevault archives undelete game-0010` takes it back.':
    '应删除的归档先标记多长时间再删除。`phonevault archives undelete game-0010` 取回归档。',
  'Whether the rules also cover archives of runs that a person started at the command line. Otherwise these never expire.':
    '规则是否也适用于有人用命令行触发的运行的归档。否则这些归档永不到期。',
  "How much of a policy's archives may be deleted at once, but at least 100. More, and nothing is deleted.":
    '一次最多删除策略多大比例的归档，至少允许 100 个。超过时不删除任何归档。',
  'How many archives are restored, each of another phone.':
    '恢复多少个归档，每个来自不同的云手机。',
  'Which archives: those of any phones, by a choice that follows from the run id, or the newest. Always the newest good archive of a phone.':
    '恢复哪些归档：由运行 ID 决定的任意云手机的归档，或最新的归档。始终是云手机最新的正常归档。',
  'The scratch phones that the archives are restored to, at least as many as `phones`. What they hold is lost. The policy must not select them.':
    '归档恢复到的演练用云手机，数量不少于 `phones`。其中的内容会丢失。策略不得选中它们。',
  'A shell command that each phone runs once it runs with its archive. It has to succeed, else the drill has failed. It is tried five times, 30 seconds apart.':
    '每台云手机使用归档运行后执行的 shell 命令。命令必须成功，否则演练失败。最多尝试五次，间隔 30 秒。',
  'A text that the output of `check` has to contain. CPH shows the first 1,024 bytes of an output.':
    '`check` 的输出必须包含的文本。CPH 只显示输出的前 1,024 字节。',
};
