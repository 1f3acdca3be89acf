/** What `init` asks and says. */
export const init = {
  questions: {
    PHONEVAULT_REGION: 'Region of the phones, such as cn-north-4',
    PHONEVAULT_BUCKET: 'Bucket for policies and reports',
    HUAWEICLOUD_SDK_AK: 'Access key id (AK)',
    HUAWEICLOUD_SDK_SK: 'Secret key (SK), not shown',
    HUAWEICLOUD_SDK_SECURITY_TOKEN:
      'Security token of temporary keys, not shown; empty for permanent ones',
    PHONEVAULT_TOPIC_URN: 'URN of the SMN topic, empty for none',
    PHONEVAULT_DRIVE_URN: 'URN of the function drive, empty without functions',
  },
  phones: 'Names of the phones to back up, such as game-*',
  archives: (bucket: string) => `Bucket for archives [${bucket}]`,
  written: (path: string, profile: string) => `Written: ${path}, profile ${profile}`,
  use: (command: string) => `Use it with: ${command}`,
  policy: (file: string) => `Written: ${file}. Look at it, then: phonevault apply ${file}`,
  next: 'Next: phonevault doctor',
};
