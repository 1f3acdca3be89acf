/** What `doctor` finds about the functions, their triggers, the policies and the runs. */
export const functions: Readonly<Record<string, string>> = {
  'in a checkout: npx serverless deploy': '在代码目录中：npx serverless deploy',
  'in a checkout: npx serverless deploy --stage {w}':
    '在代码目录中：npx serverless deploy --stage {}',
  '{}, or name another stage with --stage': '{}，或用 --stage 指定其他阶段',
  'without functions, let cron call phonevault run POLICY --drive':
    '没有函数时，请由 cron 执行 phonevault run POLICY --drive',
  'the function is not deployed': '函数未部署',
  'no function is deployed': '没有部署函数',
  'is not deployed': '未部署',
  'is not deployed; it is optional': '未部署；它是可选的',
  'no function of stage {} is deployed': '没有部署阶段 {} 的函数',
  'the ledger cannot be read, so whether runs are driven is unknown':
    '账本无法读取，因此不知道是否有 drive 处理运行',
  '{}: runs are driven with phonevault run --drive, last {}':
    '{}：运行由 phonevault run --drive 处理，上次在 {}',
  'no function of stage {} is deployed, and {}': '没有部署阶段 {} 的函数，且{}',
  'no drive has worked yet': '还没有 drive 工作过',
  'the last drive worked {}': '上一次 drive 在 {}工作',
  '{}, # s, settings as here': '{}，# 秒，设置与此处相同',
  'its runtime is {}, not {}': '运行时为 {}，应为 {}',
  'its handler is {}, not {}': '处理程序为 {}，应为 {}',
  'its timeout is # s, not #': '超时为 # 秒，应为 #',
  'its timeout is unknown s, not #': '超时未知，应为 # 秒',
  'it has no agency, so it has no credentials': '没有委托，因此没有凭证',
  'for the agency see deploy/iam': '委托参见 deploy/iam',
  'it is disabled: its instances are limited to 0': '已停用：实例数限制为 0',
  'its instances are limited to 1: FunctionGraph discards a timer or a wake-up that meets a working drive, and reports a failure':
    '实例数限制为 1：drive 工作时，FunctionGraph 会丢弃定时触发或唤醒并报告失败',
  'its asynchronous retries are {} instead of 0: two drives may overlap':
    '异步重试次数为 {}，应为 0：两个 drive 可能重叠',
  'the default of FunctionGraph': 'FunctionGraph 的默认值',
  'nobody is notified when the function itself fails': '函数本身失败时无人收到通知',
  'set PHONEVAULT_OPERATORS_TOPIC_URN and {}': '请设置 PHONEVAULT_OPERATORS_TOPIC_URN，然后{}',
  'its failures go to the topic for notifications': '其失败发送到用于通知的主题',
  'set PHONEVAULT_OPERATORS_TOPIC_URN to another topic and {}':
    '请将 PHONEVAULT_OPERATORS_TOPIC_URN 设为另一个主题，然后{}',
  'correct the setting and {}': '请修正设置，然后{}',
  'PHONEVAULT_DRIVE_URN is not set: requests wait for the next minute':
    '未设置 PHONEVAULT_DRIVE_URN：请求要等到下一分钟',
  'PHONEVAULT_DRIVE_URN names another function: {}': 'PHONEVAULT_DRIVE_URN 指向另一个函数：{}',
  '{} is {} in the function and {} here': '{} 在函数中为 {}，此处为 {}',
  'correct the wrong one; then {}': '请修正有误的一方；然后{}',
  'it has no timer': '没有定时器',
  'its timer is disabled: {}': '定时器已停用：{}',
  'enable it in the console, or {}': '请在控制台启用它，或{}',
  'a timer calls it every minute': '定时器每分钟调用一次',
  'its timer is {} instead of Rate 1m: runs progress more slowly':
    '定时器为 {}，应为 Rate 1m：运行进展会变慢',
  'a timer calls it every minute for all policies with a cron':
    '定时器每分钟调用一次，用于所有设置了 cron 的策略',
  '# timers each start one policy': '# 个定时器各触发一个策略',
  'timer {} names policy {}, which does not exist': '定时器 {} 指定的策略 {} 不存在',
  'correct its user_event, or upload the policy': '请修正其 user_event，或上传该策略',
  'timer {} has no CRON_TZ: its time zone is unconfirmed': '定时器 {} 没有 CRON_TZ：其时区未经确认',
  'write CRON_TZ=Asia/Shanghai (or yours) before the cron':
    '请在 cron 前写上 CRON_TZ=Asia/Shanghai（或您的时区）',
  'its timer is {} instead of Rate 1m: slots start late or are missed':
    '定时器为 {}，应为 Rate 1m：计划时间会推迟或错过',
  'no timer starts {}': '没有定时器触发 {}',
  'add a timer Rate 1m without user_event: {}': '请添加不带 user_event 的定时器 Rate 1m：{}',
  'nothing calls it: it has no trigger of type {}': '无人调用：没有类型为 {} 的触发器',
  'see serverless.yml for its settings, then {}': '其设置参见 serverless.yml，然后{}',
  'no policies yet': '还没有策略',
  'upload one to {}': '请上传到 {}',
  '# policies: {}': '# 个策略：{}',
  '1 policy: {}': '1 个策略：{}',
  '{}: is invalid': '{}：无效',
  'phonevault validate shows every error with its line':
    'phonevault validate 会显示每个错误及其行号',
  'phonevault status shows it': 'phonevault status 会显示它',
  'no policy runs': '没有可运行的策略',
  'last good runs: {}': '最近一次成功运行：{}',
  'the runs of {} cannot be read': '{} 的运行无法读取',
  'see the check policies': '参见检查项 policies',
  '{} is stale: {}': '{} 备份过期：{}',
  'phonevault status --phones {} shows its phones': 'phonevault status --phones {} 会显示其云手机',
  'the last run of {} was {w}': '{} 最近一次运行的结果：{}',
  'phonevault runs show {} shows why': 'phonevault runs show {} 会显示原因',
  'check the function drive: its timer, its log (in a checkout: npx serverless logs -f drive), its agency. phonevault run POLICY --drive drives from this machine':
    '请检查函数 drive：定时器、日志（在代码目录中：npx serverless logs -f drive）和委托。phonevault run POLICY --drive 由本机执行',
  "the functions' credentials have been refused since {}, over {}":
    '函数的凭证从 {}起被拒绝，共 {}',
  'check the agency of the functions and its policies (deploy/iam)':
    '请检查函数的委托及其策略（deploy/iam）',
  "the lease ends in {}: its writer's clock is wrong; drives ignore it":
    '租约在 {}后才结束：写入者的时钟有误；drive 会忽略它',
  'set the clock of the machine that last ran phonevault run --drive':
    '请校准上次执行 phonevault run --drive 的机器的时钟',
  'not a lease, so drives ignore it: {}': '不是租约，drive 会忽略：{}',
  'delete these objects': '请删除这些对象',
  '{} in {}, the oldest {}': '{2} 中有 {1}，最早的在 {3}',
  '{} in {}, the oldest {}, but {}': '{2} 中有 {1}，最早的在 {3}，但{4}',
  'no drive has ever taken the lease': '从未有 drive 取得租约',
  'a drive last worked {}': '上次 drive 在 {}工作',
  'no drive has worked yet, because nothing was open': '还没有 drive 工作过，因为没有待处理的对象',
  'no run is open': '没有未结束的运行',
  '# run open': '# 次运行未结束',
  '# runs open': '# 次运行未结束',
};
