import { UserError } from '../../runtime/errors.ts';
import { ensureBuilt } from '../models/build.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import type { NetworkEntry } from '../models/network-entry.ts';
import type { CombinationId } from './embedding-space.ts';
import type { FaceDetectorName } from './face-detector.ts';
import { openEntry, type Network, type NetworkOptions } from '../models/network.ts';

const ENTRIES: Readonly<Record<string, NetworkEntry>> = CATALOGUE;

/** Opens a network that recognition uses. @throws UserError when it is unknown or absent */
export async function openFaceNetwork<Output extends string>(
  name: string,
  options: NetworkOptions,
): Promise<Network<Output>> {
  const entry = ENTRIES[name];
  if (!entry) {
    throw new UserError(
      'network.unknown',
      `Network ${name} is not in the catalogue.`,
      'List the networks: smart-store models.',
    );
  }
  return openEntry<Output>(entry, options);
}

/** Whether a network can be used here: npm's always, others when somebody has added them. */
export async function isPresent(name: string, options: NetworkOptions = {}): Promise<boolean> {
  const entry = ENTRIES[name];
  if (!entry) return false;
  try {
    await ensureBuilt(entry, options.folders);
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code === 'network.absent') return false;
    throw error;
  }
}

/** What recognition uses, best first, of what is present here. */
export interface FaceNetworkChoice {
  readonly detector: FaceDetectorName;
  readonly combination: CombinationId;
}

/**
 * Chooses the networks: YuNet before BlazeFace (it finds faces of half the size), MobileFace V2 fused with dlib's and
 * HSE-FaceRes where it was added, without it the two that npm brings.
 */
export async function chooseFaceNetworks(options: NetworkOptions = {}): Promise<FaceNetworkChoice> {
  return {
    detector: (await isPresent('yunet', options)) ? 'yunet' : 'blazeface',
    combination: (await isPresent('mobileface-v2', options)) ? 'dlib+mobileface2+faceres' : 'dlib+faceres',
  };
}
