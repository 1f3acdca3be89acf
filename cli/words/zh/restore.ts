import type { Words } from '../en/words.ts';

export const restore: Words['restore'] = {
  cannot: (message, code) => `：${message}（${code}）`,
  cannotRestore: '无法恢复',
  title: (ready, selected) => `选中 ${selected} 台，将恢复 ${ready}`,
  head: (zone) => ['云手机', '计划', '归档来源', `备份时间（${zone}）`, '距今', '大小'],
  plans: { restore: '恢复', wait: '等待', skip: '跳过', fail: '失败' },
  thawFirst: (plan) => `先取回，再${plan}`,
  thaws:
    '先取回冷存储中的归档，可读两天，OBS 会收费：需要数分钟，使用 --thaw standard 则需数小时。',
  overwrites: '覆盖云手机上归档路径下的数据：备份之后的改动会丢失。',
  resets: '先重置每台云手机：其上的其他数据也会删除。',
  leavesFiles:
    '云手机上有而归档中没有的文件可能会保留：CPH 没有说明。能看到的会列出；--reset-first 可以清除。',
  saves: '先导出每台云手机；`phonevault archives` 会列出该归档。--no-safety-export 可以省略此步。',
  savesNot: '不先导出云手机：其现有数据将无法找回。',
  restarts: '恢复后重启每台云手机。',
  restartsNot: '不重启云手机：重启之前应用可能崩溃。',
  lacks:
    '归档不含共享应用、推送到服务器的文件和云手机的身份（IMEI、Android ID、密钥库）：应用可能要求重新登录。',
  otherPhone:
    '在另一台云手机上应用的属主（uid）不同：能看到时会把数据改给它。请检查每个应用能否打开，否则重新安装后再恢复。',
  ask: (what, expected) => `请输入${what}（${expected}）：`,
  askName: '云手机的名称以确认恢复',
  askNumber: (phones) => `数量以确认恢复 ${phones}`,
  nothing: '没有可以恢复的云手机。',
  others: (command) => `恢复其余云手机：${command}`,
  leftovers: (phones) => `${phones}上仍有归档中没有的文件：`,
  files: (count, isMore) => `${isMore ? '至少 ' : ''}${count} 个文件`,
  wrongOwner: (phone, apps) => `${phone} 上属主错误：${apps}。请重新安装这些应用后再恢复。`,
  leftoversUnseen: (phones) => `未能查看是否留有归档中没有的文件：${phones}`,
  ownersUnseen: (phones) => `未能查看全部应用的属主：${phones}。请检查每个应用能否打开。`,
  failedHook: (phone) => `${phone} 上钩子命令失败`,
  hookResult: (result) => ({ failed: '失败', refused: '被拒绝', no_answer: '没有应答' })[result],
};
