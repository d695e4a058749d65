import { ADDED_NETWORKS } from './added-networks.ts';
import { NPM_NETWORKS } from './npm-networks.ts';
import type { NetworkEntry } from './network-entry.ts';

/** Every network that this release knows, by name. */
export const CATALOGUE = { ...NPM_NETWORKS, ...ADDED_NETWORKS } as const satisfies Record<
  string,
  NetworkEntry
>;

export type NetworkName = keyof typeof CATALOGUE;
/** The names of a network's outputs. */
export type OutputName<Name extends NetworkName> = keyof (typeof CATALOGUE)[Name]['outputs'] & string;

export const NETWORK_NAMES: readonly NetworkName[] = Object.keys(CATALOGUE).filter(isNetworkName);

export function isNetworkName(name: string): name is NetworkName {
  return Object.hasOwn(CATALOGUE, name);
}
