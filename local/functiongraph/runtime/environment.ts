import type { FunctionConfig } from '../model/function.ts';

/** Returns the whole environment of an instance (functiongraph_01_0154); it inherits nothing from this machine. */
export function environmentOf(options: {
  config: FunctionConfig;
  name: string;
  package: string;
  projectId: string;
  root: string;
  cpu: string;
}): Record<string, string> {
  const { config, root } = options;
  const { initializer } = config;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    RUNTIME_PROJECT_ID: options.projectId,
    RUNTIME_FUNC_NAME: options.name,
    RUNTIME_FUNC_VERSION: 'latest',
    RUNTIME_PACKAGE: options.package,
    RUNTIME_HANDLER: config.handler,
    RUNTIME_TIMEOUT: String(config.timeout),
    RUNTIME_USERDATA: JSON.stringify({ ...config.userData, ...config.encryptedUserData }),
    RUNTIME_CPU: options.cpu,
    RUNTIME_MEMORY: String(config.memory_size),
    RUNTIME_MAX_RESP_BODY_SIZE: '6291456',
    RUNTIME_INITIALIZER_HANDLER: initializer?.handler ?? '',
    RUNTIME_INITIALIZER_TIMEOUT: String(initializer?.timeout ?? 0),
    RUNTIME_ROOT: '/home/snuser/runtime',
    RUNTIME_CODE_ROOT: root,
    RUNTIME_LOG_DIR: '/home/snuser/log',
  };
}
