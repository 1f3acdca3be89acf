import type { Words } from '../en/words.ts';

export const watch: Words['watch'] = {
  requested: (what, id) => `已请求${what}：${id}`,
  requestedBefore: (what, id) => `此前已请求${what}：${id}`,
  kinds: { run: '运行', drill: '恢复演练' },
  noDriveUrn:
    '未设置 PHONEVAULT_DRIVE_URN。已部署的 drive 会在一分钟内处理；没有函数时不会有人处理：请加上 --drive。',
  notWoken: '无法唤醒 drive 函数。如果已部署，它的定时器会在一分钟内启动它。',
  showIt: '查看',
  cancelIt: '取消',
  continues: '运行会继续。',
  staysOpen: (command) => `运行仍未结束。如果没有函数处理，请用以下命令继续：${command}`,
  staysRequested: (id) => `运行 ${id} 仍处于已请求状态：phonevault runs show ${id}`,
  leaseHeld: '另一个 drive 持有租约，正在等待。',
  credentialsRefused: '凭证被拒绝，drive 会稍后重试。',
  advice: (command) => `drive 函数的定时器是否已启用？要在本机执行：${command}`,
  noProgress: (advice) => `3 分钟没有进展，似乎没有 drive 在运行。${advice}`,
  finishing: '正在完成当前步骤 …',
  stepFailed: (code, message) => `步骤失败：${code}：${message}`,
};

const NOTHING = { export: '不再发送新的导出', restore: '不再恢复其他云手机' };
const WORK = { export: '导出', restore: '恢复' };

export const cancel: Words['cancel'] = {
  cancelling: (id) => `运行 ${id} 正在取消。`,
  quarantined: '它已被隔离，因为其对象无法读取。对象恢复可读后会继续。',
  nextDrive: (work) => `${NOTHING[work]}；下一次 drive 会结束该运行。`,
  first: (work, count) =>
    count === 0
      ? `${NOTHING[work]}；没有正在进行的${WORK[work]}，随后结束该运行。`
      : `${NOTHING[work]}；先等待正在进行的 ${count} 项${WORK[work]}结束，随后结束该运行。`,
};
