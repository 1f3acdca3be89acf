/** Help in Chinese, by the text in English: the other commands, and what all have in common. */
export const machine: Readonly<Record<string, string>> = {
  'Backs up fleets of Huawei Cloud Phones: policies in a bucket, runs, verified archives.':
    '批量备份华为云手机：桶中的策略、运行、已校验的归档。',
  'print JSON, as -o json does': '输出 JSON，与 -o json 相同',
  'print a table, a table of any width, JSON or YAML': '输出表格、不限宽度的表格、JSON 或 YAML',
  'the language of texts (default: that of LC_ALL or LANG)':
    '文本的语言（默认取自 LC_ALL 或 LANG）',
  'print this help': '输出本帮助',
  'print the help of a command': '输出一个命令的帮助',
  'print the version': '输出版本',
  'set up this machine: settings, credentials, a first policy': '设置本机：设置、凭证、第一个策略',
  'Asks for settings and access keys, tries them, and writes them to ~/.phonevault/config, readable by you alone. Where the bucket has no policy, it then writes a first one into the current folder. Nothing is written when the keys or the bucket do not work.':
    '询问设置和访问密钥，验证后写入 ~/.phonevault/config，只有您可以读取。桶中没有策略时，在当前文件夹写入第一个策略。密钥或桶不可用时不写入任何内容。',
  'write this profile (default: default)': '写入这个配置（默认 default）',
  'check policy files for errors': '检查策略文件中的错误',
  'Checks policy files and lists every error with its line. Without files, checks the policies of the bucket (PHONEVAULT_BUCKET): all of them, or those named with --policy. When PHONEVAULT_BUCKET is set, exporting into the ledger is an error.':
    '检查策略文件，列出每个错误及其行号。不给出文件时，检查桶（PHONEVAULT_BUCKET）中的策略：全部，或用 --policy 指定的。设置了 PHONEVAULT_BUCKET 时，导出到账本中是错误。',
  'policy files; - reads standard input': '策略文件；- 读取标准输入',
  'policies of the bucket, by name': '桶中的策略，按名称',
  'upload policy files to the bucket': '把策略文件上传到桶中',
  'Checks policy files and uploads them unchanged as policies/<name>.yaml. If one file has an error, none is uploaded. Open runs keep the policy that they were planned with; the next runs use the new one.':
    '检查策略文件，并原样上传为 policies/<name>.yaml。有一个文件出错时都不上传。未结束的运行沿用制定计划时的策略，之后的运行使用新的策略。',
  'show what a run would do, without doing it': '显示运行会做什么，但不执行',
  'Reads the policy and the fleet and shows what a run would do if it started now: which phones, in which order, which paths, where to, and how long. Nothing is written or exported. The folder shown is that of a scheduled run; a manual run has another id in it. Exits with 1 when the run would fail before it starts, or selects no phone.':
    '读取策略和云手机列表，显示现在运行会做什么：哪些云手机、什么顺序、哪些路径、存到哪里、需要多久。不写入也不导出任何内容。显示的文件夹是计划运行的；手动运行的 ID 不同。运行会在开始前失败，或没有选中云手机时，退出码为 1。',
  'name of a policy in the bucket, or a *.yaml or *.yml file':
    '桶中策略的名称，或 *.yaml、*.yml 文件',
  'list every phone, not only the first 20 of each kind': '列出全部云手机，而不只是每类的前 20 台',
  'print metrics for Prometheus': '输出 Prometheus 指标',
  'Prints the metrics of the policies, their runs, archives and calls in the text format of Prometheus, as GET /v1/metrics returns them. With --json, as a list of metrics with their series.':
    '以 Prometheus 文本格式输出策略、运行、归档和调用的指标，与 GET /v1/metrics 相同。与 --json 一起使用时，输出指标及其序列的列表。',
  'show policies, phones and runs on a page in the browser': '在浏览器页面上显示策略、云手机和运行',
  'Serves a page on this machine alone (127.0.0.1) that shows the last 30 nights of each policy, how fresh the backups of its phones are, the run that goes on, what failed and what to do. It uses your credentials and changes nothing. With --out it writes the page into one file and ends.':
    '仅在本机（127.0.0.1）提供页面，显示每个策略最近 30 天的情况、云手机的备份时效、正在进行的运行、失败的云手机及处理方法。使用您的凭证，不做任何更改。使用 --out 时把页面写入一个文件后结束。',
  'the port to serve it on; 0 for a free one': '使用的端口；0 表示任意空闲端口',
  'write the page into this HTML file instead': '改为把页面写入这个 HTML 文件',
  'show the ledgers of several projects or regions: a file of NAME=value lines each, with the settings and credentials in which it differs from the environment, or a profile: PHONEVAULT_PROFILE=south':
    '显示多个项目或区域的账本：每个对应一个由 NAME=value 行组成的文件，给出与环境不同的设置和凭证，或一个配置：PHONEVAULT_PROFILE=south',
  'the stage that the checks look for': '检查所针对的阶段',
  'with --out: leave out the checks of `phonevault doctor`':
    '与 --out 一起使用：省略 `phonevault doctor` 的检查',
  'check everything that backups depend on': '检查备份依赖的所有环节',
  'Checks this machine, the settings, your credentials and their permissions, the buckets, the topic, the deployed functions, the policies and the last runs, and prints a fix for each problem. It uses your own permissions: those of the functions show in their runs. Without --write it changes nothing. Exits with 1 when a check failed; a warning is not a failure. A failure that another one explains names it, and the last line says what to fix first.':
    '检查本机、设置、您的凭证及其权限、桶、主题、已部署的函数、策略和最近的运行，并给出每个问题的修复方法。使用您自己的权限：函数的权限在其运行中体现。不使用 --write 时不做任何更改。有检查失败时退出码为 1，警告不算失败。由其他失败引起的失败会注明原因，最后一行说明首先修复什么。',
  'the stage that the functions were deployed to': '函数部署到的阶段',
  'also write and delete a small object in the ledger and in the folder of each enabled policy, to test the permissions and conditional writes':
    '同时在账本和每个已启用策略的文件夹中写入并删除一个小对象，以测试权限和条件写入',
  'with --write: let CPH export one small path of this phone, to test that it may write to the bucket, and delete the archive':
    '与 --write 一起使用：让 CPH 导出这台云手机的一个小路径，以测试其能否写入桶，然后删除归档',
  'with --phone: the path to export (default: /data/local/tmp)':
    '与 --phone 一起使用：要导出的路径（默认 /data/local/tmp）',
  'run a built handler on this machine': '在本机运行一个已构建的函数',
  'Runs dist/<handler>.js as FunctionGraph does, with the settings and credentials of this environment. Prints its result as JSON and its log on standard error. It changes what the function changes: drive starts real exports.':
    '像 FunctionGraph 一样运行 dist/<handler>.js，使用当前环境的设置和凭证。结果以 JSON 输出，日志输出到标准错误。它与函数做同样的更改：drive 会真正开始导出。',
  'schedule, drive, http or event': 'schedule、drive、http 或 event',
  'the event as JSON; - reads standard input (default: {})':
    'JSON 格式的事件；- 读取标准输入（默认 {}）',
  'time limit of the handler (default: 60s)': '函数的时间限制（默认 60s）',
  'start the embedded cloud on this machine': '在本机启动内置本地模拟云',
  'print the JSON Schema of a policy, for editors': '输出策略的 JSON Schema，供编辑器使用',
  'Prints the JSON Schema (draft 7) of the policies that this version accepts.':
    '输出此版本所接受策略的 JSON Schema（draft 7）。',
  'print a completion script for a shell': '输出 shell 的补全脚本',
  'Prints the completion script of a shell. It completes commands and options, and looks up policies, runs and phones with your credentials, at most once in 30 seconds. After a refusal it does not try again for 10 minutes: bad signatures lock a key.':
    '输出 shell 的补全脚本。可补全命令和选项，并用您的凭证查询策略、运行和云手机，最多每 30 秒一次。被拒绝后 10 分钟内不再尝试：错误的签名会锁定密钥。',
  'the shell': 'shell 的名称',
  'print names or ids, one a line': '输出名称或 ID，每行一个',
  'with --values: only those that begin with this': '与 --values 一起使用：只输出以此开头的',
};
