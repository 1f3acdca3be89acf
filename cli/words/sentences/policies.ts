/** Warnings of policies. */
export const policies: Readonly<Record<string, string>> = {
  'schedule.cron: day of month and day of week are both set: a day that matches one of them has slots. Set one of them to * or ?':
    'schedule.cron：日和星期都已设置：符合其中之一的日子就有计划时间。请将其中之一设为 * 或 ?',
  'schedule.cron: no slot in {}: these months are too short, at least in most years. Every month has the days 1 to 28':
    'schedule.cron：{} 没有计划时间：这些月份太短，至少多数年份如此。每个月都有 1 到 28 日',
  'schedule.cron: # slots a day. The first field is the second: "0 30 2 * * *" is every day at 02:30':
    'schedule.cron：每天 # 个计划时间。第一个字段是秒："0 30 2 * * *" 是每天 02:30',
  'deadline: {} is longer than the time between two slots ({}): slots are skipped while a run is open':
    'deadline：{} 超过两个计划时间的间隔（{}）：有未结束的运行时会跳过计划时间',
  'objective.max_age: {} is shorter than the longest interval of the schedule plus the deadline ({}): phones become late although every run succeeds':
    'objective.max_age：{} 小于最长的计划间隔加截止时间（{}）：即使每次运行都成功，云手机的备份也会过期',
  'export.exclude[#]: "{}" leaves {} out of the backup': 'export.exclude[#]："{}" 使{}不被备份',
  'the data of all apps': '所有应用的数据',
  'photos, downloads and all other shared files': '照片、下载和其他所有共享文件',
  'all installed apps': '所有已安装的应用',
  'the data of most apps': '大多数应用的数据',
  'schedule.timezone: {w} is # hours behind UTC. The zone ahead of UTC is {w}':
    'schedule.timezone：{} 比 UTC 晚 # 小时。比 UTC 早的时区是 {}',
  'schedule.timezone: {w} is # hours ahead of UTC. The zone behind UTC is {w}':
    'schedule.timezone：{} 比 UTC 早 # 小时。比 UTC 晚的时区是 {}',
  'drill.target: {w} is not in select.exclude.phones. Should the policy select one, its drills fail and restore nothing':
    'drill.target：{} 不在 select.exclude.phones 中。如果策略选中它，演练会失败且不恢复任何数据',
  'drill.target: # phones are not in select.exclude.phones. Should the policy select one, its drills fail and restore nothing':
    'drill.target：# 台云手机不在 select.exclude.phones 中。如果策略选中其中之一，演练会失败且不恢复任何数据',
  'retention: # of # archives would be deleted at once, more than max_delete allows (#): none is deleted until the rules keep more or max_delete is raised':
    'retention：将一次删除 {2} 个归档中的 {1} 个，超过 max_delete 允许的 {3} 个：在规则保留更多或调大 max_delete 之前，不删除任何归档',
};
