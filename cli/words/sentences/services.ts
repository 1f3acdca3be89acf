/** What `doctor` finds at the services. */
export const services: Readonly<Record<string, string>> = {
  'granted: {}': '已授予：{}',
  'cph:phones:list (with eip:publicIps:list)': 'cph:phones:list（含 eip:publicIps:list）',
  'only with --write: it writes and deletes an object below state/':
    '仅在使用 --write 时检查：在 state/ 下写入并删除一个对象',
  'supported: of two drives at the same time only one gets the lease':
    '支持：两个 drive 同时运行时只有一个得到租约',
  'ignored: a drive takes the lease, waits 2 s and reads back who got it':
    '被忽略：drive 写入租约，等待 2 秒后读回以确认归属',
  'refused: a drive takes the lease, waits 2 s and reads back who got it':
    '被拒绝：drive 写入租约，等待 2 秒后读回以确认归属',
  'a new key was refused as an existing one': '新的键被当作已存在而拒绝',
  'run it again; report it if it persists': '请再次执行；如果持续出现，请报告',
  'obs:object:PutObject below the ledger’s prefix': '账本前缀下的 obs:object:PutObject',
  '{} could not be deleted: {}': '{} 未能删除：{}',
  '{} could not be written: {}': '{} 未能写入：{}',
  '{} still exists after its deletion': '{} 删除后仍然存在',
  'delete {} yourself': '请自行删除 {}',
  'delete what stays yourself': '请自行删除残留的对象',
  'grant these credentials obs:object:DeleteObject': '请为这些凭证授予 obs:object:DeleteObject',
  '{} could not be deleted: the bucket locks every object for {}':
    '{} 未能删除：桶将每个对象锁定 {}',
  'delete it yourself after that time; superseded archives stay as long':
    '请在此时间之后自行删除；被取代的归档同样保留这么久',
  'obs:object:DeleteObjectVersion: the bucket keeps versions':
    'obs:object:DeleteObjectVersion：桶保留多版本',
  'obs:object:DeleteObject and obs:bucket:GetBucketVersioning':
    'obs:object:DeleteObject 和 obs:bucket:GetBucketVersioning',
  'grant these credentials and the functions’ agency {}, and look for a bucket policy that denies it':
    '请为这些凭证和函数的委托授予 {}，并检查是否有桶策略拒绝它',
  'the object is only hidden by a delete marker: grant these credentials and the functions’ agency obs:bucket:GetBucketVersioning and obs:object:DeleteObjectVersion':
    '对象只是被删除标记隐藏：请为这些凭证和函数的委托授予 obs:bucket:GetBucketVersioning 和 obs:object:DeleteObjectVersion',
  'use a plain object bucket that allows deletion': '请使用允许删除的普通对象桶',
  'obs:object:PutObject in the archive bucket (for this check: archives are written by CPH’s own agency)':
    '归档桶的 obs:object:PutObject（仅用于此检查：归档由 CPH 自己的委托写入）',
  'only with --write: writing and deleting in the archive buckets was not tried':
    '仅在使用 --write 时检查：没有尝试在归档桶中写入和删除',
  'no policy is enabled': '没有已启用的策略',
  'a probe was written to the folder of each enabled policy, and deleted':
    '已在每个已启用策略的文件夹中写入测试对象并删除',
  'is in {}, but the phones are in {}': '在 {}，而云手机在 {}',
  'create a bucket in {}: CPH exports to buckets of the phones’ region':
    '请在 {} 创建桶：CPH 只导出到云手机所在区域的桶',
  'is a parallel file system': '是并行文件系统',
  'create a plain object bucket: a file system refuses some writes and has no versions':
    '请创建普通对象桶：文件系统会拒绝部分写入，也没有多版本',
  'exists, but OBS does not return its region': '存在，但 OBS 没有返回其区域',
  'make sure that it is in {}': '请确认它在 {}',
  'a plain object bucket in {}': '{} 的普通对象桶',
  'only a test export shows whether CPH may write to the buckets':
    '只有测试导出才能看出 CPH 能否写入桶',
  'run phonevault doctor --write --phone ID: CPH exports one small path of that phone, and doctor deletes the archive':
    '请执行 phonevault doctor --write --phone ID：CPH 导出该云手机的一个小路径，doctor 随后删除归档',
  'a drive is working and may be exporting the phone': '有 drive 正在工作，可能正在导出该云手机',
  'try again in a minute': '请一分钟后重试',
  'runs are open: {}': '有未结束的运行：{}',
  'try again when they have ended': '请在它们结束后重试',
  'phone {} does not exist': '云手机 {} 不存在',
  'name a phone that CPH lists': '请指定 CPH 列出的云手机',
  'phone {} is {}': '云手机 {} 的状态为 {}',
  'name a running phone': '请指定运行中的云手机',
  'CPH needs its own agency with permission to write to the bucket: deploy/iam/cph-agency.json and cph-obs.json':
    'CPH 需要自己的委托，具有写入桶的权限：deploy/iam/cph-agency.json 和 cph-obs.json',
  'CPH wrote an archive; doctor deleted it': 'CPH 写入了归档；doctor 已将其删除',
  'the response was lost ({}), and no archive appeared': '响应丢失（{}），且没有出现归档',
  'CPH reports success, but the archive does not exist': 'CPH 报告成功，但归档不存在',
  'the export was still running when {}': '{}时导出仍在进行',
  'the check was stopped': '检查被停止',
  'its time limit was reached': '达到时间限制',
  'delete {} if it still appears': '如果之后仍出现 {}，请将其删除',
  'CPH did not export: {}': 'CPH 没有导出：{}',
  'the phone has no {}': '该云手机没有 {}',
  'name a small path that it has with --path': '请用 --path 指定它有的小路径',
  'no objects yet': '还没有对象',
  'can read an object in {}': '可以读取 {} 中的对象',
  'drive has met none that it cannot use': 'drive 没有遇到无法使用的对象',
  '{} cannot be used': '{}无法使用',
  'phonevault status --json lists them': 'phonevault status --json 会列出它们',
  'delete it, or restore an earlier version of it': '请将其删除，或恢复其早期版本',
  'since {}, next try {}': '自 {}，下次尝试在 {}',
  'in # d': '# 天后',
  'in # h': '# 小时后',
  'in # min': '# 分钟后',
  'in # s': '# 秒后',
  "{}: CPH in {} accepts it (no permission to read IAM's list)":
    '{}：{} 的 CPH 接受它（没有读取 IAM 列表的权限）',
  "{}: CPH does not accept it, and there is no permission to read IAM's list":
    '{}：CPH 不接受它，且没有读取 IAM 列表的权限',
  'compare it with the project id of {} under My Credentials in the console':
    '请与控制台“我的凭证”中 {} 的项目 ID 比对',
  'set PHONEVAULT_PROJECT_ID to {}': '请将 PHONEVAULT_PROJECT_ID 设为 {}',
  'a project of {}': '{} 的项目',
  '{w} or {w}': '{} 或 {}',
  'the account has no project {}': '账号没有项目 {}',
  '{} is {}, which is not in region {}': '{} 是 {}，不在区域 {}',
  'PHONEVAULT_TOPIC_URN is not set here, so no topic was checked':
    '此处未设置 PHONEVAULT_TOPIC_URN，因此没有检查主题',
  'set it to the URN of the topic for notifications': '请将其设为用于通知的主题的 URN',
  'topic {} does not exist': '主题 {} 不存在',
  'create it, or correct PHONEVAULT_TOPIC_URN': '请创建它，或修正 PHONEVAULT_TOPIC_URN',
  'exists; no permission to read its subscriptions (smn:topic:list)':
    '存在；没有读取其订阅的权限（smn:topic:list）',
  'it has no subscription: notifications reach nobody': '没有订阅：通知无人收到',
  'add a subscription in the SMN console': '请在 SMN 控制台添加订阅',
  '{}, none confirmed: notifications reach nobody': '{}，均未确认：通知无人收到',
  'open the link in the confirmation message; it expires after 48 hours':
    '请打开确认消息中的链接；链接 48 小时后失效',
  'exists; {}': '存在；{}',
  'exists; {}, confirmed by {}': '存在；{}，已确认：{}',
  'give the bucket a lifecycle rule that expires old versions':
    '请为桶设置使旧版本过期的生命周期规则',
  'object lock is enabled without a default: deleted objects stay as old versions':
    '已启用对象锁定但没有默认期限：删除的对象作为旧版本保留',
  'object lock keeps every object for {}: nothing can be deleted before, not even leases and caches, and you pay for all of it':
    '对象锁定将每个对象保留 {}：在此之前什么都不能删除，包括租约和缓存，且均会计费',
  'keep the ledger in a bucket without a lock; for archives choose the time that you want to pay for':
    '请将账本放在没有锁定的桶中；归档的锁定时间请按愿意付费的时长选择',
  'versioning is enabled: overwritten and deleted objects stay as old versions, and you pay for them. Superseded archives are deleted by version':
    '已启用多版本：被覆盖和删除的对象作为旧版本保留并计费。被取代的归档按版本删除',
  'grant the functions obs:bucket:GetBucketVersioning and obs:object:DeleteObjectVersion':
    '请为函数授予 obs:bucket:GetBucketVersioning 和 obs:object:DeleteObjectVersion',
  'cannot be read: {}': '无法读取：{}',
  'no versioning, no object lock: deleted objects are gone':
    '没有多版本和对象锁定：删除的对象不再保留',
  'versioning is suspended, no object lock: new objects are deleted for good':
    '多版本已暂停，没有对象锁定：新对象会彻底删除',
};
