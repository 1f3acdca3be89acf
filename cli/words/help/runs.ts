/** Help in Chinese, by the text in English: commands that back up, watch and restore. */
export const runs: Readonly<Record<string, string>> = {
  'run a policy now and watch it': '立即运行一个策略并跟踪进度',
  'Requests a run, wakes drive when PHONEVAULT_DRIVE_URN is set, and watches until the run is settled. Exits with 0 when it completed or had nothing to do, with 1 when not, and with 130 after Ctrl-C: the run continues without you. With --drive this process does the work, for use without functions. That needs PHONEVAULT_TOPIC_URN; Ctrl-C then waits for the current step (up to 10 s) and leaves the run open.':
    '触发一次运行，设置了 PHONEVAULT_DRIVE_URN 时唤醒 drive，并跟踪到运行结束。已完成或无需执行时退出码为 0，否则为 1；按 Ctrl-C 后为 130，运行会继续。使用 --drive 时由本进程执行，适用于没有函数的情况，需要 PHONEVAULT_TOPIC_URN；此时按 Ctrl-C 会等待当前步骤（最多 10 秒），运行保持未结束。',
  'the name of a policy in the bucket': '桶中策略的名称',
  'only these phones of the policy, by id or name': '只包括策略中的这些云手机，按 ID 或名称',
  'idempotency key; the same token again returns the same run':
    '幂等键；再次使用同一个值返回同一次运行',
  'idempotency key; the same token again returns the same restore':
    '幂等键；再次使用同一个值返回同一次恢复',
  'idempotency key; the same token again returns the same drill':
    '幂等键；再次使用同一个值返回同一次恢复演练',
  'request the run and exit': '触发运行后立即退出',
  'request the restore and exit': '触发恢复后立即退出',
  'request the drill and exit': '触发恢复演练后立即退出',
  'do the work in this process, under the same lease as the functions':
    '由本进程执行，与函数使用同一租约',
  'with --json: also list every phone': '与 --json 一起使用：同时列出每台云手机',
  'show policies and how fresh their backups are': '显示策略及其备份时效',
  'Shows each policy: its state, how many of its phones have a recent backup, its last good run, its next slot in its own time zone and in yours, and its open runs. Stale means that too few phones have one: fewer than the objective of the policy.':
    '显示每个策略：状态、有近期备份的云手机数量、最近一次成功运行、下一个计划时间（策略的时区和您的时区）以及未结束的运行。“备份过期”表示有近期备份的云手机太少，低于策略的目标。',
  'the name of a policy; all if missing': '策略的名称；省略则为全部',
  'show each phone and its last verified archive instead, those without a recent one first':
    '改为显示每台云手机及其最近一个已校验的归档，没有近期备份的在前',
  'exit with 1 when a policy is stale or invalid, or an object is unreadable, for monitoring':
    '策略备份过期或无效，或有对象无法读取时，退出码为 1，供监控使用',
  'print again every so many seconds (default: 5) until Ctrl-C':
    '每隔若干秒（默认 5）重新输出，直到按 Ctrl-C',
  'list runs': '列出运行',
  'Lists open runs, then settled ones, newest first.':
    '先列出未结束的运行，再列出已结束的，最新的在前。',
  'only runs of this policy': '只列出该策略的运行',
  'only runs with this outcome': '只列出这种结果的运行',
  'settled since then: 7d (ago) or 2026-01-02': '此后结束的：7d（之前）或 2026-01-02',
  'settled until then: 7d (ago) or 2026-01-02': '此前结束的：7d（之前）或 2026-01-02',
  'only open runs': '只列出未结束的运行',
  'list at most this many (default: 20)': '最多列出这么多（默认 20）',
  'continue a list after the page token that it printed': '从列表输出的分页标记处继续',
  'first rebuild the index from all reports': '先根据所有报告重建索引',
  'show one run': '显示一次运行',
  'Shows the state or outcome of a run, its phones (failed ones first) and its export calls.':
    '显示一次运行的状态或结果、云手机（失败的在前）和导出调用。',
  'the id of a run': '运行的 ID',
  'also the log: what happened when': '同时显示日志：何时发生了什么',
  'list all phones, not only the first 50': '列出全部云手机，而不只是前 50 台',
  'list runs, or show one': '列出运行，或显示其中一次',
  'show what happened in a run, event by event': '逐条显示一次运行中发生的事件',
  'Shows the log of a run from the ledger, oldest event first. The logs of the functions are not in the ledger: read them in the FunctionGraph console, or in a checkout: npx serverless logs -f drive.':
    '显示账本中一次运行的日志，最早的事件在前。函数的日志不在账本中：请在 FunctionGraph 控制台查看，或在代码目录中使用 serverless 的 logs -f drive。',
  'only the events of these phones, by id or name': '只显示这些云手机的事件，按 ID 或名称',
  'only what went wrong': '只显示出错的事件',
  'cancel a run': '取消一次运行',
  'Cancels a run: no new exports are sent, exports in progress are followed to their end, all other phones are cancelled. Of a restore: no further phone is overwritten; one whose restore has begun is restored to the end and restarted. Exits with 1 when the run is already settled or unknown.':
    '取消一次运行：不再发送新的导出，正在进行的导出跟踪到结束，其余云手机取消。对于恢复：不再覆盖其他云手机；已开始恢复的会恢复完并重启。运行已结束或不存在时退出码为 1。',
  'restore phones from their archives': '从归档恢复云手机',
  'Restores each phone from its newest good archive, after a confirmation: what the phone holds under the paths of the archive is overwritten. Each phone is exported first, then restored, restarted and waited for. Exits with 0 when all phones were restored, with 1 when not, and with 130 after Ctrl-C: the restore continues without you.':
    '确认后，用最新的正常归档恢复每台云手机：归档路径下的现有数据会被覆盖。每台云手机先导出，再恢复、重启并等待就绪。全部恢复时退出码为 0，否则为 1；按 Ctrl-C 后为 130，恢复会继续。',
  'the ids or the names of phones': '云手机的 ID 或名称',
  'restore the archives of this run; of a restore: what it was to restore':
    '恢复这次运行的归档；如果是恢复，则为它要恢复的内容',
  'with --run: only the phones that it did not export, or did not restore':
    '与 --run 一起使用：只包括它没有导出或没有恢复的云手机',
  'the newest archive until then: "2026-11-28 03:00" in the zone of the policy, or with an offset':
    '此前最新的归档：策略时区的 "2026-11-28 03:00"，或带时差的时间',
  'only archives of this policy': '只使用该策略的归档',
  'restore the archive of the one phone to this one': '把一台云手机的归档恢复到这一台',
  'a CSV file with a line source,target for each phone': 'CSV 文件，每台云手机一行：来源,目标',
  'restore only the first n phones': '只恢复前 n 台云手机',
  'do not export the phones first': '不先导出云手机',
  'run no commands on the phones: owners are not put right, and leftovers not listed':
    '不在云手机上执行命令：不修正属主，也不列出残留文件',
  'do not restart the phones': '不重启云手机',
  'reset each phone first, so that it holds nothing but the archive':
    '先重置每台云手机，使其只有归档中的数据',
  'how fast archives in a cold storage class become readable (default: expedited): expedited (minutes, costs more) or standard (hours)':
    '冷存储归档的取回速度（默认 expedited）：expedited（数分钟，费用更高）或 standard（数小时）',
  'show the plan and exit': '只显示计划',
  'do not ask': '不询问',
  "restore a policy's archives to its scratch phones, as a test":
    '恢复演练：把策略的归档恢复到演练用的云手机',
  'Restores good archives of the policy to the scratch phones in its `drill.target`, as its schedule does, and restarts them. What these phones hold is lost; no other phone is changed. Exits with 0 when the drill passed, with 1 when not, and with 130 after Ctrl-C: the drill continues without you.':
    '与计划的演练一样，把策略的正常归档恢复到 `drill.target` 中演练用的云手机并重启。这些云手机上的数据会丢失，其他云手机不变。通过时退出码为 0，否则为 1；按 Ctrl-C 后为 130，演练会继续。',
  'the name of a policy with a drill': '有恢复演练的策略的名称',
};
