/** What to do about errors, at a terminal. */
export const hints: Readonly<Record<string, string>> = {
  "check the function's agency, and that the endpoint belongs to the region":
    '请检查函数的委托，以及终端节点是否属于该区域',
  "grant the function's agency the permission for this action": '请为函数的委托授予此操作的权限',
  'grant the user of {} the permission for this action': '请为 {} 的用户授予此操作的权限',
  '{w} and {w}': '{} 和 {}',
  'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK': 'HUAWEICLOUD_SDK_AK、HUAWEICLOUD_SDK_SK',
  'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_SDK_SECURITY_TOKEN, which lasts for hours only':
    'HUAWEICLOUD_SDK_AK、HUAWEICLOUD_SDK_SK 和只有效数小时的 HUAWEICLOUD_SDK_SECURITY_TOKEN',
  'the access key and the secret key': '访问密钥 AK 和 SK',
  'the region': '区域',
  'check {}, and {}: credentials are refused in a region that they are not for':
    '请检查 {} 和{}：凭证在不属于它的区域会被拒绝',
  'PHONEVAULT_REGION ({w})': ' PHONEVAULT_REGION（{}）',
  'nothing came back from {}: check the network, {}': '{} 没有任何响应：请检查网络、{}',
  'nothing came back from {}: check the network, {}, and the proxy of HTTPS_PROXY':
    '{} 没有任何响应：请检查网络、{}，以及 HTTPS_PROXY 的代理',
  'set the clock of this machine': '请校准本机时钟',
  'signatures are valid for 15 minutes': '签名的有效期为 15 分钟',
  'use https': '请使用 https',
  'http is allowed only to this machine': '只有访问本机时允许 http',
  'check the region: it needs a project of this name. Or set the project id':
    '请检查区域：需要有同名的项目。或设置项目 ID',
  'use one of {}, or set every endpoint': '请使用 {} 之一，或设置所有终端节点',
  'use a bucket whose service supports ListObjectsV2 with start-after':
    '请使用支持带 start-after 的 ListObjectsV2 的桶',
  'create it in the region of the phones, or fix its name':
    '请在云手机所在区域创建它，或修正其名称',
  'CPH exports only to buckets in the region of the phones: create one there':
    'CPH 只导出到云手机所在区域的桶：请在那里创建一个',
  "the bucket's name has dots, so {} was the TLS server name, which OBS may not accept: use a bucket without dots":
    '桶名含有点号，因此 TLS 服务器名为 {}，OBS 可能不接受：请使用不含点号的桶',
  'use access keys, or an IAM user for programs without login protection':
    '请使用访问密钥，或没有登录保护的编程用 IAM 用户',
  'wait 15 minutes without an attempt, then check the password: each wrong one counts':
    '请等待 15 分钟且不要尝试，然后检查密码：每次错误都会计数',
  'turn on programmatic access for the user in IAM, or use another user or access keys':
    '请在 IAM 为该用户开启编程访问，或使用其他用户或访问密钥',
  'sign in to the console as this user and set a new password': '请以该用户登录控制台并设置新密码',
  'check all three ("My Credentials" shows the account\'s name':
    '请检查全部三项（“我的凭证”显示账号名',
  'only IAM users can sign in, not the HUAWEI ID itself). The password: it was sent once and is not sent again, because five wrong passwords in a row lock the user':
    '只有 IAM 用户可以登录，华为账号本身不行）。密码只发送一次，不会再次发送，因为连续五次错误会锁定用户',
  'check all four. The password: it was sent once and is not sent again, because five wrong passwords in a row lock the user':
    '请检查全部四项。密码只发送一次，不会再次发送，因为连续五次错误会锁定用户',
  'check the region and the project id ("My Credentials" lists both), and that the user has permissions in that project':
    '请检查区域和项目 ID（“我的凭证”中列出），以及用户在该项目中是否有权限',
  'check the account\'s name under "My Credentials", and that its bills are paid':
    '请检查“我的凭证”中的账号名，以及账单是否已支付',
  'check the permissions of the user in IAM, and any access control list for this address':
    '请检查用户在 IAM 中的权限，以及针对此地址的访问控制列表',
  "check that the IAM endpoint is IAM's address, without a path":
    '请检查 IAM 终端节点是否为 IAM 的地址，且不带路径',
  'check the spelling of the user name, the account, the region and the IAM endpoint':
    '请检查用户名、账号、区域和 IAM 终端节点的拼写',
  'wait a minute': '请等待一分钟',
  'the token is cached, so one sign-in a day is enough': '令牌会缓存，每天登录一次即可',
  'try again in a minute': '请一分钟后重试',
  'if it persists, check the status of the region': '如果持续出现，请检查区域的状态',
  'check the network, the region and the IAM endpoint': '请检查网络、区域和 IAM 终端节点',
  'OBS needs keys: sign in with access keys': 'OBS 需要密钥：请用访问密钥登录',
  'sign in with access keys, or ask the administrator of the account':
    '请用访问密钥登录，或联系账号管理员',
  'check the access keys, or set the project id ("My Credentials" lists it)':
    '请检查访问密钥，或设置项目 ID（“我的凭证”中列出）',
  'these are the keys of HUAWEICLOUD_SDK_AK': '这是 HUAWEICLOUD_SDK_AK 的密钥',
  'set PHONEVAULT_PROJECT_ID to skip this lookup': '设置 PHONEVAULT_PROJECT_ID 可省去此查询',
  'set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (HUAWEICLOUD_SDK_SECURITY_TOKEN too for temporary keys), or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME (the account)':
    '请设置 HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK（临时密钥还需 HUAWEICLOUD_SDK_SECURITY_TOKEN），或 HW_USER_NAME、HW_USER_PASSWORD 和 HW_DOMAIN_NAME（账号）',
  'set these in the environment of this command': '请在此命令的环境中设置',
  'correct or unset it': '请修正或取消设置',
  'it has: {}': '其中有：{}',
  'set PHONEVAULT_PROFILE to one of them, or unset it':
    '请将 PHONEVAULT_PROFILE 设为其中之一，或取消设置',
  'make it yours alone: chmod 600 {}': '请设为仅自己可读：chmod 600 {}',
  'it may have 64 KiB': '最大 64 KiB',
  'write [default], and below it lines such as PHONEVAULT_REGION = cn-north-4':
    '请写 [default]，其下写 PHONEVAULT_REGION = cn-north-4 这样的行',
  'edit it there, or write another with --profile': '请在该处编辑，或用 --profile 写入另一个',
  'set it to http://<host>:<port>, with <user>:<password>@ before the host if the proxy wants it, or unset it':
    '请设为 http://<host>:<port>，代理需要时在主机前加 <user>:<password>@，或取消设置',
  'run npm run build': '请执行 npm run build',
  'save it as UTF-8': '请保存为 UTF-8',
  'name the files in it': '请指定其中的文件',
  'to read a pipe, use - as its name': '要读取管道，请用 - 作为文件名',
  'name a policy of the bucket, or an existing file': '请指定桶中的策略，或已有的文件',
  'CPH is slow: try again later': 'CPH 响应缓慢：请稍后重试',
  'did you mean {}?': '您是否想输入 {}？',
  'did you mean {}? handlers: {}': '您是否想输入 {}？函数：{}',
  'handlers: {}': '函数：{}',
  'see phonevault {}': '参见 phonevault {}',
  'run it again with PHONEVAULT_DEBUG=1 to see the stack':
    '请用 PHONEVAULT_DEBUG=1 再次执行以查看堆栈',
  'name one of the commands above': '请指定上面的命令之一',
  '`phonevault runs` lists the runs': '`phonevault runs` 列出运行',
  '`phonevault status` lists the policies': '`phonevault status` 列出策略',
  '`phonevault status --phones` lists the phones': '`phonevault status --phones` 列出云手机',
  '`phonevault status --phones` lists the phones of the policies':
    '`phonevault status --phones` 列出各策略的云手机',
  '`phonevault archives` lists the phones that have archives':
    '`phonevault archives` 列出有归档的云手机',
  '`phonevault archives` lists the archives': '`phonevault archives` 列出归档',
  '`phonevault archives --rebuild` adds those that the catalogue has lost':
    '`phonevault archives --rebuild` 补上目录中缺少的归档',
  '`phonevault archives --rebuild` adds archives that the catalogue has lost':
    '`phonevault archives --rebuild` 补上目录中缺少的归档',
  '`phonevault archives check` lists all archives that are missing':
    '`phonevault archives check` 列出所有缺失的归档',
  'take an older one with --at': '请用 --at 取更早的归档',
  'take an older one with --at, and back the phone up again':
    '请用 --at 取更早的归档，并重新备份该云手机',
  'do not rely on it: take an older one with --at, and find out who writes to the bucket':
    '请不要使用它：用 --at 取更早的归档，并查明谁在写入该桶',
  '`phonevault archives get PHONE --thaw expedited` makes it readable first (minutes), `--thaw standard` costs less (hours)':
    '`phonevault archives get PHONE --thaw expedited` 先将其取回（数分钟），`--thaw standard` 费用较低（数小时）',
  'phonevault archives {w} lists all of its archives': 'phonevault archives {} 列出它的全部归档',
  'the newest is suspect (much smaller than those before) or in the trash: to take it, add --run {}':
    '最新的归档可疑（远小于之前的归档）或在回收站中：要使用它，请加上 --run {}',
  'grant yourself obs:object:DeleteObject for pins/ in the bucket of the ledger':
    '请为自己授予账本所在桶中 pins/ 的 obs:object:DeleteObject',
  'phonevault archives check compares the catalogue with the buckets':
    'phonevault archives check 将目录与桶比对',
  'extract into an empty folder with -o': '请用 -o 取出到空文件夹',
  'move it away, or write to another folder with -o': '请移走它，或用 -o 写入其他文件夹',
  'nothing is left to cancel': '没有可取消的内容',
  'give the id of one: {}': '请给出其中一个的 ID：{}',
  'Use a new token for a new request': '新的请求请使用新的 token',
  'Add `drill` with a schedule and scratch phones to it: see docs/policy.md':
    '请在其中添加 `drill`，设置计划和演练用的云手机：参见 docs/policy.zh-CN.md',
  'Write it as 2026-11-28 03:00, in the zone of the policy, or with an offset':
    '请写成 2026-11-28 03:00（策略的时区），或带时差',
  'Name the phones to restore': '请指定要恢复的云手机',
  'Name phones by id, or a run': '请按 ID 指定云手机，或指定一次运行',
  'Name 1 to 1,000 phones by id, or none for all phones of the policy':
    '请按 ID 指定 1 到 1,000 台云手机；不指定则为策略的全部云手机',
  'Fix the policy file and check it with `phonevault validate`':
    '请修正策略文件，并用 `phonevault validate` 检查',
  'no policies yet; upload one to {}': '还没有策略；请上传到 {}',
  'It is tried again with growing pauses. If it stays so, raise the limits of the bucket':
    '会以逐渐延长的间隔重试。如果持续如此，请提高桶的限额',
  'It is tried again with growing pauses. If it stays so, check the bucket in the console':
    '会以逐渐延长的间隔重试。如果持续如此，请在控制台检查该桶',
  'Check the object in the bucket. Restore an earlier version of it, or delete it':
    '请检查桶中的该对象。恢复其早期版本，或将其删除',
  'If it stays so, delete it, or restore an earlier version of it':
    '如果持续如此，请将其删除，或恢复其早期版本',
  "Grant the functions' agency obs:object:PutObject for it, and the right to encrypt if the bucket does so with a KMS key":
    '请为函数的委托授予它的 obs:object:PutObject；桶使用 KMS 密钥加密时还需加密权限',
  'Deploy the newer version of Phonevault again. If the object was written by mistake, delete it':
    '请重新部署更新的 Phonevault。如果该对象是误写的，请将其删除',
  'leave one of them out': '请去掉其中一个',
  'check one or the other': '请只检查其中之一',
  'name each policy once': '每个策略只指定一次',
  'an export writes an archive: give both': '导出会写入归档：请同时给出两者',
  'name the phone to export from': '请指定要导出的云手机',
  '--check is about policies': '--check 针对策略',
  'an open run has no outcome yet': '未结束的运行还没有结果',
  'name the run whose phones are meant': '请指定相应云手机所在的运行',
  'use --map for several': '多台请使用 --map',
  'leave the others out': '请去掉其他的',
  'name phones, --run or --map': '请指定云手机、--run 或 --map',
  'name each phone by its id or its name': '请按 ID 或名称指定每台云手机',
  'name one by its id': '请按 ID 指定一台',
  'add --yes': '请加上 --yes',
  'begin again with phonevault init': '请重新执行 phonevault init',
  'set environment variables instead': '请改为设置环境变量',
  'another program may use it: choose another with --port':
    '可能被其他程序占用：请用 --port 选择其他端口',
  'write {w} or {w}': '请写 {} 或 {}',
  'bash, zsh or fish': 'bash、zsh 或 fish',
  "in a checkout: npx serverless logs -f {w}; or open the function's log in the console":
    '在代码目录中：npx serverless logs -f {}；或在控制台打开函数的日志',
};
