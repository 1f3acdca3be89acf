export type { BucketTraits } from './call.ts';
export { createObs, type ObsOptions } from './service.ts';
export { folderBackend } from './folder-backend.ts';
export { memoryBackend } from './memory-backend.ts';
