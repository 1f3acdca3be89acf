/** What `doctor` finds on this machine, and what all its checks have in common. */
export const doctor: Readonly<Record<string, string>> = {
  'set the clock of this machine (NTP)': '请校准本机时钟（NTP）',
  'signatures hold for 15 minutes': '签名的有效期为 15 分钟',
  'no service sent its time': '没有服务返回时间',
  "{} ahead of the services' clocks": '比服务的时钟快 {}',
  "{} behind the services' clocks": '比服务的时钟慢 {}',
  "equal to the services' clocks, to the second": '与服务的时钟一致，精确到秒',
  '{}: unknown host name': '{}：主机名不存在',
  '{}: connection refused': '{}：连接被拒绝',
  '{}: TLS failed': '{}：TLS 失败',
  '{}: timeout': '{}：超时',
  '{}: connection closed': '{}：连接被关闭',
  '{}: aborted': '{}：已中止',
  '{}: response too large': '{}：响应过大',
  'check the clock, and proxies between this machine and {}':
    '请检查时钟，以及本机与 {} 之间的代理',
  "check PHONEVAULT_REGION ({}), {} and this machine's network":
    '请检查 PHONEVAULT_REGION（{}）、{} 和本机的网络',
  '{}: {} are reachable, over HTTPS': '{}：{} 可以访问，使用 HTTPS',
  '{}: {} are reachable, all over plain HTTP on this machine':
    '{}：{} 可以访问，全部在本机上使用普通 HTTP',
  '{}: {} are reachable, {} of them over plain HTTP on this machine':
    '{}：{} 可以访问，其中 {} 个在本机上使用普通 HTTP',
  'install Node.js # or newer on this machine': '请在本机安装 Node.js # 或更高版本',
  'no time zone data in this Node.js ({})': '此 Node.js 没有时区数据（{}）',
  'no ICU': '没有 ICU',
  'use a Node.js built with full ICU: cron expressions need it':
    '请使用带完整 ICU 的 Node.js：cron 表达式需要它',
  'time zone data {}, {}': '时区数据 {}，{}',
  'time zone data {} ({}) is # years old: slots shown here may be wrong where time zone rules changed':
    '时区数据 {}（{}）已有 # 年：时区规则有变化时，此处显示的计划时间可能有误',
  'update Node.js on this machine': '请升级本机的 Node.js',
  'region {}, ledger {}': '区域 {}，账本 {}',
  'fix the settings first': '请先修正设置',
  'see docs/operations.md': '参见 docs/operations.zh-CN.md',
  'see docs/cli.md for how to sign in': '登录方法参见 docs/cli.zh-CN.md',
  'the access keys': '访问密钥',
  'user and password': '用户和密码',
  '{} accept {} of the environment': '{} 接受环境中的{}',
  'no service accepted {} of the environment': '没有服务接受环境中的{}',
  'see the access checks below': '参见下面的 access 检查',
  'check HUAWEICLOUD_SDK_AK and _SK, with temporary keys also _SECURITY_TOKEN (they expire after a day), and PHONEVAULT_REGION':
    '请检查 HUAWEICLOUD_SDK_AK 和 _SK，临时密钥还有 _SECURITY_TOKEN（一天后过期），以及 PHONEVAULT_REGION',
  'no credentials are accepted': '没有可用的凭证',
  'no result within # s': '# 秒内没有结果',
  'run it again; PHONEVAULT_DEBUG=1 shows the calls': '请再次执行；PHONEVAULT_DEBUG=1 会显示调用',
  'unexpected {}': '意外错误 {}',
  'this is a bug in the check: report it with the output of PHONEVAULT_DEBUG=1':
    '这是检查本身的缺陷：请附上 PHONEVAULT_DEBUG=1 的输出报告',
  'run it again; if it persists, PHONEVAULT_DEBUG=1 shows every call that failed':
    '请再次执行；如果持续出现，PHONEVAULT_DEBUG=1 会显示每个失败的调用',
  'grant these credentials {}; it takes effect within 15 minutes':
    '请为这些凭证授予 {}；15 分钟内生效',
};
