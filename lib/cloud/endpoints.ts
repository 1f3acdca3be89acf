import { PhonevaultError } from '../errors.ts';

export type Endpoints = {
  cph: string;
  iam: string;
  obs: string;
  smn: string;
  functiongraph: string;
};

/** The regions with CPH, by the official SDKs. */
export const CPH_REGIONS = [
  'cn-north-4',
  'cn-north-9',
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-south-1',
  'cn-southwest-2',
  'ap-southeast-1',
  'ap-southeast-3',
  'af-north-1',
  'la-north-2',
  'la-south-2',
  'ru-northwest-2',
] as const;

/** Returns the services' addresses in a region. Throws setting_invalid for a region without CPH. */
export function endpointsOf(region: string): Endpoints {
  if (!CPH_REGIONS.some((known) => known === region)) {
    throw new PhonevaultError('setting_invalid', `region "${region}" has no CPH`, {
      hint: `use one of ${CPH_REGIONS.join(', ')}, or set every endpoint`,
    });
  }
  const at = (service: string) => `https://${service}.${region}.myhuaweicloud.com`;
  return {
    cph: at('cph'),
    iam: at('iam'),
    obs: at('obs'),
    smn: at('smn'),
    functiongraph: at('functiongraph'),
  };
}
