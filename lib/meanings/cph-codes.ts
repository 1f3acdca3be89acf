import type { CphCode } from '../cloud/cph/error-codes.ts';
import type { Entry, Words } from './entry.ts';

const AGAIN: Words = [
  'Phonevault tries again. If it lasts, open a ticket with the request id of the log.',
  'Phonevault 会重试。如果持续出现，请凭日志中的请求 ID 提交工单。',
];
const BY_ITSELF: Words = [
  'Nothing: Phonevault sends smaller calls.',
  '无需处理：Phonevault 会拆成更小的调用。',
];
const OUR_FAULT: Words = [
  'Report it with the run id: Phonevault should not send this.',
  '请附运行 ID 报告问题：Phonevault 不应发送这样的请求。',
];
const BUCKET: Words = [
  'On all phones: let CPH write to the bucket, and use a bucket in the same region. On some: run it again.',
  '所有云手机都出现时：请授权 CPH 写入该桶，并使用同一区域的桶。个别出现时：请重新运行。',
];
const NO_PHONE: Words = [
  'Remove the phone from the policy or the request.',
  '请将该云手机从策略或请求中删除。',
];
const NO_SERVER: Words = [
  'Check that the server still exists, and fix `select.servers`.',
  '请检查服务器是否仍然存在，并修正 `select.servers`。',
];
const QUOTA: Words = ['Ask for a larger quota of CPH.', '请申请提高 CPH 的配额。'];
const RUNS: Words = [
  'Phonevault waits for up to `wait_for_phones`. Start the phone.',
  'Phonevault 最多等待 `wait_for_phones`。请启动该云手机。',
];

const server: Entry = {
  says: ['CPH does not find the server', 'CPH 找不到该服务器'],
  fix: NO_SERVER,
};
const upload: Entry = { says: ['CPH could not write to OBS', 'CPH 无法写入 OBS'], fix: BUCKET };
const phones: Entry = {
  says: ['CPH refused the list of phones', 'CPH 拒绝了云手机列表'],
  fix: OUR_FAULT,
};
const emptyId: Entry = {
  says: ['CPH refused an empty id', 'CPH 拒绝了空的 ID'],
  fix: OUR_FAULT,
};
const command: Entry = { says: ['CPH refused the command', 'CPH 拒绝了命令'], fix: OUR_FAULT };
const quota: Entry = { says: ['the quota is used up', '配额已用完'], fix: QUOTA };
const token: Entry = {
  says: ['CPH could not get the token of the resource user', 'CPH 无法获取资源用户的令牌'],
  fix: BUCKET,
};

/** The error codes of CPH (cph_api_0604, and fragments of later lists). */
export const cph = {
  'CPS.0001': {
    says: ['CPH denies access to the project', 'CPH 拒绝访问该项目'],
    fix: [
      "Grant the functions' agency the permissions for CPH in this project.",
      '请授予函数的委托该项目的 CPH 权限。',
    ],
  },
  'CPS.0002': { says: ['CPH refused the page of a list', 'CPH 拒绝了分页参数'], fix: OUR_FAULT },
  'CPS.0003': { says: ['CPH had an internal error', 'CPH 内部错误'], fix: AGAIN },
  'CPS.0004': { says: ['the id of the phone is invalid', '云手机 ID 无效'], fix: NO_PHONE },
  'CPS.0005': { says: ['CPH does not find the phone', 'CPH 找不到该云手机'], fix: NO_PHONE },
  'CPS.0006': {
    says: ['the account is in arrears', '账号已欠费'],
    fix: ['Pay the bill, then run again.', '请充值后重新运行。'],
  },
  'CPS.0007': {
    says: ['the account is suspended', '账号已被停用'],
    fix: ['Ask the vendor why.', '请联系厂商查明原因。'],
  },
  'CPS.0008': {
    says: ['the account is not verified', '账号未实名认证'],
    fix: ['Verify the account in the console.', '请在控制台完成实名认证。'],
  },
  'CPS.0009': phones,
  'CPS.0010': {
    says: ['CPH refused the filter of a list', 'CPH 拒绝了列表的过滤条件'],
    fix: OUR_FAULT,
  },
  'CPS.0011': { says: ['CPH does not find the job', 'CPH 找不到该任务'], fix: AGAIN },
  'CPS.0015': server,
  'CPS.0016': server,
  'CPS.0022': { says: ['the phone is not available', '云手机不可用'], fix: RUNS },
  'CPS.0042': { says: ['CPH is busy', 'CPH 繁忙'], fix: AGAIN },
  'CPS.0046': {
    says: ['the project id is invalid', '项目 ID 无效'],
    fix: ['Fix `PHONEVAULT_PROJECT_ID`.', '请修正 `PHONEVAULT_PROJECT_ID`。'],
  },
  'CPS.0048': emptyId,
  'CPS.0049': emptyId,
  'CPS.0050': { says: ['CPH has no jobs of the request', 'CPH 没有该请求的任务'], fix: AGAIN },
  'CPS.0053': {
    says: ['the phone is frozen', '云手机已冻结'],
    fix: ['Unfreeze it: often its server is not paid for.', '请解冻：常见原因是服务器欠费。'],
  },
  'CPS.0054': { says: ['the job took too long for CPH', 'CPH 处理任务超时'], fix: AGAIN },
  'CPS.0065': quota,
  'CPS.0077': phones,
  'CPS.0080': phones,
  'CPS.0081': phones,
  'CPS.0097': server,
  'CPS.0099': { says: ['the server is not ready', '服务器未就绪'], fix: AGAIN },
  'CPS.0102': upload,
  'CPS.0103': upload,
  'CPS.0104': {
    says: ['CPH does not find the file in OBS', 'CPH 在 OBS 中找不到该文件'],
    fix: [
      '`phonevault archives check` lists missing archives.',
      '`phonevault archives check` 列出缺失的归档。',
    ],
  },
  'CPS.0107': upload,
  'CPS.0108': upload,
  'CPS.0117': command,
  'CPS.0118': command,
  'CPS.0134': {
    says: ['CPH refused the name of the bucket', 'CPH 拒绝了桶名'],
    fix: ['Fix `export.bucket`.', '请修正 `export.bucket`。'],
  },
  'CPS.0135': {
    says: ['CPH refused the path of the archive', 'CPH 拒绝了归档路径'],
    fix: ['Fix `export.object_path`.', '请修正 `export.object_path`。'],
  },
  'CPS.0141': { says: ['the phone is not running', '云手机未运行'], fix: RUNS },
  'CPS.0156': server,
  'CPS.0158': { says: ['the server cannot be restarted now', '服务器目前无法重启'], fix: AGAIN },
  'CPS.0159': server,
  'CPS.0161': {
    says: ['CPH refused so many request ids', 'CPH 拒绝了过多的请求 ID'],
    fix: OUR_FAULT,
  },
  'CPS.0165': {
    says: ['the phone is neither running nor stopped', '云手机既未运行也未关机'],
    fix: RUNS,
  },
  'CPS.0167': { says: ['CPH refused the list of exports', 'CPH 拒绝了导出列表'], fix: OUR_FAULT },
  'CPS.0168': {
    says: ['CPH refused the paths to export', 'CPH 拒绝了导出路径'],
    fix: ['Fix `export.include`.', '请修正 `export.include`。'],
  },
  'CPS.0169': {
    says: ['CPH refused the paths to leave out', 'CPH 拒绝了排除路径'],
    fix: ['Fix `export.exclude`.', '请修正 `export.exclude`。'],
  },
  'CPS.0170': { says: ['a call held too many exports', '单次调用的导出过多'], fix: BY_ITSELF },
  'CPS.0171': { says: ['CPH refused the list of restores', 'CPH 拒绝了恢复列表'], fix: BY_ITSELF },
  'CPS.0172': {
    says: ['CPH does not know the archive', 'CPH 不认识该归档'],
    more: ['CPH may restore only what it has exported itself.', 'CPH 可能只恢复由其导出的归档。'],
    fix: ['Restore an archive where CPH put it.', '请恢复仍在原位置的归档。'],
  },
  'CPS.0190': { says: ['a call held too many phones', '单次调用的云手机过多'], fix: BY_ITSELF },
  'CPS.0196': quota,
  'CPS.0199': {
    says: ['a path is not on the phone', '云手机上没有该路径'],
    fix: ['Check `export.include` on that phone.', '请在该云手机上检查 `export.include`。'],
  },
  'CPS.0339': token,
  'CPS.0346': token,
} satisfies Record<CphCode, Entry>;
