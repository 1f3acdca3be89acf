import type { ErrorCode } from '../errors.ts';
import type { Entry, Words } from './entry.ts';

const BY_ITSELF: Words = [
  'Phonevault tries again where it can. If it lasts, open a ticket with the request id.',
  'Phonevault 会在可行时重试。如果持续出现，请凭请求 ID 提交工单。',
];
const AGENCY: Words = [
  "Check the functions' agency, and that the endpoints belong to the region. A change of an agency takes ten minutes.",
  '请检查函数的委托，以及终端节点是否属于该区域。委托的修改约十分钟后生效。',
];
const OLDER_ARCHIVE: Words = [
  'Take an older archive with `--at`, back the phone up again, and find out who writes to the bucket.',
  '请用 `--at` 取更早的归档，重新备份该云手机，并查明谁在写入该桶。',
];
const GET: Words = [
  "Grant the functions' agency obs:object:GetObject. If the object is damaged, restore an earlier version or delete it.",
  '请授予函数的委托 obs:object:GetObject。如果对象已损坏，请恢复其早期版本或删除。',
];

/** The codes of our own errors. They are also reasons of runs and of objects that cannot be used. */
export const error = {
  setting_invalid: {
    says: ['a setting is missing or invalid', '设置缺失或无效'],
    fix: ['Fix the setting that the message names.', '请修正错误信息指出的设置。'],
  },
  credentials_missing: {
    says: ['there are no credentials', '没有凭证'],
    fix: ['Give the functions an agency.', '请为函数配置委托。'],
  },
  credentials_refused: { says: ['the credentials were refused', '凭证被拒绝'], fix: AGENCY },
  clock_skew: {
    says: [
      'the clock differs by more than 15 minutes from that of the service',
      '时钟与服务相差超过 15 分钟',
    ],
    fix: ['Set the clock of the machine.', '请校准机器的时钟。'],
  },
  event_invalid: {
    says: ['the input is invalid', '输入无效'],
    fix: ['Fix what the message names.', '请修正错误信息指出的内容。'],
  },
  policy_invalid: {
    says: ['the policy file is invalid', '策略文件无效'],
    fix: ['`phonevault validate` names the errors.', '`phonevault validate` 会指出错误。'],
  },
  policy_not_found: {
    says: ['the policy does not exist', '策略不存在'],
    fix: ['`phonevault status` lists the policies.', '`phonevault status` 列出策略。'],
  },
  object_invalid: {
    says: ['an object of the ledger is invalid', '账本中有对象无效'],
    fix: [
      'Restore an earlier version of the object, or delete it.',
      '请恢复该对象的早期版本，或将其删除。',
    ],
  },
  object_unreadable: {
    says: ['OBS does not return an object of the ledger', 'OBS 无法返回账本中的对象'],
    fix: GET,
  },
  object_unwritable: {
    says: ['OBS does not accept an object of the ledger', 'OBS 拒绝写入账本中的对象'],
    fix: [
      "Grant the functions' agency obs:object:PutObject, and the right to encrypt where the bucket does so.",
      '请授予函数的委托 obs:object:PutObject；桶加密时还需加密权限。',
    ],
  },
  object_undeletable: {
    says: ['OBS does not delete an object of the ledger', 'OBS 无法删除账本中的对象'],
    fix: [
      "Grant the functions' agency obs:object:DeleteObject, or delete the object in the console.",
      '请授予函数的委托 obs:object:DeleteObject，或在控制台删除该对象。',
    ],
  },
  object_newer: {
    says: ['a newer version wrote an object of the ledger', '账本中有对象由更新的版本写入'],
    fix: ['Deploy the newer version of Phonevault again.', '请重新部署更新的 Phonevault。'],
  },
  not_found: {
    says: ['what was named does not exist', '指定的对象不存在'],
    fix: ['Check the name.', '请检查名称。'],
  },
  bucket_missing: {
    says: ['the bucket does not exist', '桶不存在'],
    fix: [
      'Create the bucket in the region of the functions, or fix `export.bucket`.',
      '请在函数所在区域创建桶，或修正 `export.bucket`。',
    ],
  },
  access_denied: {
    says: ['access was denied', '没有权限'],
    fix: [
      "Grant the functions' agency the permission that the message names.",
      '请授予函数的委托错误信息指出的权限。',
    ],
  },
  conflict: {
    says: ['it exists already', '已存在'],
    fix: [
      'Use a new token or Idempotency-Key for another request.',
      '另一个请求请使用新的令牌或 Idempotency-Key。',
    ],
  },
  archive_changed: {
    says: ['the archive has changed since it was verified', '归档在校验之后发生了变化'],
    fix: OLDER_ARCHIVE,
  },
  archive_broken: {
    says: ['the archive cannot be read to its end', '归档无法完整读取'],
    fix: OLDER_ARCHIVE,
  },
  throttled: { says: ['a service throttled the requests', '请求被服务限流'], fix: BY_ITSELF },
  service: { says: ['a service failed', '服务出错'], fix: BY_ITSELF },
  unreachable: { says: ['a service could not be reached', '无法连接服务'], fix: BY_ITSELF },
  time_up: {
    says: ['the time of the invocation was up', '函数调用的时间已用完'],
    fix: ['Try again.', '请重试。'],
  },
  lease_lost: { says: ['another drive took over', '另一个 drive 已接管'] },
} satisfies Record<ErrorCode | 'object_undeletable', Entry>;
