import type { Words } from '../en/words.ts';

export const init: Words['init'] = {
  questions: {
    PHONEVAULT_REGION: '云手机所在区域，例如 cn-north-4',
    PHONEVAULT_BUCKET: '存放策略和报告的桶',
    HUAWEICLOUD_SDK_AK: '访问密钥 ID（AK）',
    HUAWEICLOUD_SDK_SK: '秘密访问密钥（SK），不显示',
    HUAWEICLOUD_SDK_SECURITY_TOKEN: '临时密钥的安全令牌，不显示；永久密钥请留空',
    PHONEVAULT_TOPIC_URN: 'SMN 主题的 URN，没有则留空',
    PHONEVAULT_DRIVE_URN: '函数 drive 的 URN，没有函数则留空',
  },
  phones: '要备份的云手机的名称，例如 game-*',
  archives: (bucket) => `存放归档的桶 [${bucket}]`,
  written: (path, profile) => `已写入：${path}，配置 ${profile}`,
  use: (command) => `使用方法：${command}`,
  policy: (file) => `已写入：${file}。请检查后执行：phonevault apply ${file}`,
  next: '下一步：phonevault doctor',
};
