import { UserError } from '../../runtime/errors.ts';
import { CATALOGUE, type NetworkName } from '../models/catalogue.ts';
import { isPresent } from '../models/choice.ts';
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

/** What recognition uses, best first, of what is present here. */
export interface FaceNetworkChoice {
  readonly detector: FaceDetectorName;
  readonly combination: CombinationId;
}

/**
 * Chooses the networks: YuNet before BlazeFace (it finds faces of half the size), MobileFace V2 (else
 * SFace) fused with dlib's and HSE-FaceRes where it was added, without it the two that npm brings.
 */
export async function chooseFaceNetworks({ folders }: NetworkOptions = {}): Promise<FaceNetworkChoice> {
  const present = (name: NetworkName): Promise<boolean> => isPresent(CATALOGUE[name], folders);
  const detector = (await present('yunet')) ? 'yunet' : 'blazeface';
  if (await present('mobileface-v2')) return { detector, combination: 'dlib+mobileface2+faceres' };
  if (await present('sface')) return { detector, combination: 'dlib+sface+faceres' };
  return { detector, combination: 'dlib+faceres' };
}
