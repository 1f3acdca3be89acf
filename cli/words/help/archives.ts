/** Help in Chinese, by the text in English: commands about archives and retention. */
export const archives: Readonly<Record<string, string>> = {
  'list verified archives': '列出已校验的归档',
  'Lists the verified archives of all phones, or of one, newest first.':
    '列出全部或一台云手机的已校验归档，最新的在前。',
  'the id or the name of a phone': '云手机的 ID 或名称',
  'the archive of this run': '这次运行的归档',
  'the newest verified until then: 7d (ago), 2026-01-02 or 2026-01-02T03:04:05Z':
    '此前最新的已校验归档：7d（之前）、2026-01-02 或 2026-01-02T03:04:05Z',
  'only archives verified until then: 7d (ago), 2026-01-02 or 2026-01-02T03:04:05Z':
    '只包括此前校验的归档：7d（之前）、2026-01-02 或 2026-01-02T03:04:05Z',
  'the newest archive of the phone verified until then: 7d (ago), 2026-01-02 or 2026-01-02T03:04:05Z':
    '该云手机此前最新的已校验归档：7d（之前）、2026-01-02 或 2026-01-02T03:04:05Z',
  'list at most this many (default: 50, all with --json)':
    '最多列出这么多（默认 50，与 --json 一起使用时为全部）',
  'first add the archives of all settled runs to the catalogue, or of those after a run, which an interrupted rebuild has printed':
    '先把所有已结束运行的归档加入目录；或从中断的重建所输出的运行之后继续',
  'list the files in an archive of a phone': '列出云手机归档中的文件',
  'Lists what the newest good archive of a phone holds, in the order of the archive. The whole archive is read. Exits with 1 when nothing is at the path, or the archive has changed, is broken or missing.':
    '按归档中的顺序列出云手机最新正常归档的内容，会读取整个归档。路径下没有内容，或归档已改变、已损坏或不存在时，退出码为 1。',
  'make archives in a cold storage class readable first, and wait: expedited (minutes, costs more) or standard (hours)':
    '先取回所有冷存储中的归档并等待：expedited（数分钟，费用更高）或 standard（数小时）',
  'make an archive in a cold storage class readable first, and wait: expedited (minutes, costs more) or standard (hours)':
    '先取回冷存储中的归档并等待：expedited（数分钟，费用更高）或 standard（数小时）',
  'only this path of the phone and what is below it': '只包括云手机的该路径及其下的内容',
  'download an archive of a phone': '下载云手机的归档',
  'Downloads the newest good archive of a phone. While it streams, the tar is read to its last byte, and size and ETag are compared with those that were verified. An interrupted download goes on where it stopped: type the same command again. Exits with 1 when the archive has changed, is broken or missing.':
    '下载云手机最新的正常归档。下载时读取 tar 的每个字节，并将大小和 ETag 与校验时的值比对。中断的下载会从停止处继续：再次执行同一命令即可。归档已改变、已损坏或不存在时，退出码为 1。',
  'write it there (default: the current folder)': '写入的位置（默认为当前文件夹）',
  'take files out of an archive of a phone': '取出云手机归档中的文件',
  'Writes files of the newest good archive of a phone into a folder, with the folders of the phone inside. The whole archive is read. Never overwrites a file. Links and devices are left out; owners and modes are not kept. Exits with 1 when nothing is at the path, or the archive has changed, is broken or missing.':
    '把云手机最新正常归档中的文件写入文件夹，保留云手机的目录结构，会读取整个归档。不覆盖任何文件。不写链接和设备文件，不保留属主和权限。路径下没有内容，或归档已改变、已损坏或不存在时，退出码为 1。',
  'write there (default: the current folder)': '写入的文件夹（默认为当前文件夹）',
  'read archives to their end': '完整读取归档',
  'Downloads archives without keeping them, newest first: the tar must be readable to its last byte, and size and ETag must be those that were verified. Names included paths of which an archive holds nothing. Exits with 1 when an archive has changed, is broken, missing or unreadable.':
    '从最新的开始下载归档但不保存：tar 必须能读取到最后一个字节，大小和 ETag 必须与校验时一致。会指出归档中没有内容的包含路径。有归档已改变、已损坏、不存在或无法读取时，退出码为 1。',
  'read at most this many (default: 10)': '最多读取这么多（默认 10）',
  'compare the catalogue with the buckets': '将目录与桶比对',
  'Lists the archives of the catalogue that their bucket does not hold (missing), and the objects that look like archives and are not in the catalogue (unknown), such as leftovers. Exits with 1 when an archive is missing.':
    '列出目录中有而桶中没有的归档（missing），以及看起来是归档但目录中没有的对象（unknown），例如残留对象。有归档缺失时退出码为 1。',
  'take an archive out of the trash': '从回收站取回归档',
  'Takes an archive out of the trash and pins it, so that the retention rules do not put it there again. Exits with 1 when it is gone already.':
    '从回收站取回归档并固定，使保留规则不再将其放入回收站。归档已删除时退出码为 1。',
  'the key of an archive, or the name or the id of a phone: its newest archive':
    '归档的键，或云手机的名称或 ID：其最新的归档',
  'keep an archive until it is unpinned': '固定归档，直到取消固定',
  'Pins an archive: no retention rule deletes it. Exits with 1 when it is gone already.':
    '固定归档：保留规则不会删除它。归档已删除时退出码为 1。',
  'let retention decide about a pinned archive again': '取消固定，重新由保留规则决定',
  'Takes the pin of an archive away: the retention rules of its policy count again.':
    '取消固定归档：重新适用其策略的保留规则。',
  'delete the archives that no retention rule keeps': '删除没有任何保留规则保留的归档',
  'Asks drive to apply the retention rules of a policy, or of all policies that have some, and watches until that is done. Drive also does so by itself after a run, at most once a day. Exits with 1 when a policy is blocked, as when more than retention.max_delete is due, or when the bucket refuses a deletion, and with 130 after Ctrl-C: drive goes on without you.':
    '请 drive 执行一个策略或所有有保留规则的策略的保留规则，并跟踪到完成。drive 也会在运行之后自动执行，每天最多一次。策略被阻止（例如应删除的超过 retention.max_delete）或桶拒绝删除时退出码为 1；按 Ctrl-C 后为 130，drive 会继续。',
  'the name of a policy; all policies with rules or archives if missing':
    '策略的名称；省略则为所有有保留规则或归档的策略',
  'show what would be deleted and kept, and why; change nothing':
    '显示将删除和保留哪些归档及原因，不做任何更改',
  'why each archive of a phone is kept or deleted': '说明云手机的每个归档保留或删除的原因',
  'Lists the archives of a phone, newest first, with what the retention rules make of each at present. Changes nothing.':
    '列出云手机的归档，最新的在前，以及保留规则目前对每个归档的判断。不做任何更改。',
  'explain what the retention rules keep and delete': '说明保留规则保留和删除哪些归档',
  'Explains the retention rules of the policies; `phonevault prune` applies them.':
    '说明策略的保留规则；`phonevault prune` 执行这些规则。',
};
