import { UserError } from '../../runtime/errors.ts';
import { CATALOGUE, type NetworkName } from '../models/catalogue.ts';
import { isPresent } from '../models/choice.ts';
import type { NetworkEntry } from '../models/network-entry.ts';
import type { CombinationId } from './embedding-space.ts';
import type { FaceDetectorName } from './face-detector.ts';
import { openEntry, type Network, type NetworkOptions, type PictureSize } from '../models/network.ts';

const ENTRIES: Readonly<Record<string, NetworkEntry>> = CATALOGUE;

export interface FaceNetworkOptions extends NetworkOptions {
  /** Hears of every run before it begins, to measure what recognition costs beside its networks. */
  readonly onRun?: (run: NetworkRun) => void;
}

/** One run of a network; `pixels` are valid until it ends. */
export interface NetworkRun {
  readonly network: Network;
  readonly pixels: Uint8Array;
  readonly size?: PictureSize;
}

/** Opens a network that recognition uses. @throws UserError when it is unknown or absent */
export async function openFaceNetwork<Output extends string>(
  name: string,
  { onRun, ...options }: FaceNetworkOptions,
): Promise<Network<Output>> {
  const entry = ENTRIES[name];
  if (!entry) {
    throw new UserError(
      'network.unknown',
      `Network ${name} is not in the catalogue.`,
      'List the networks: smart-store models.',
    );
  }
  const network = await openEntry<Output>(entry, options);
  if (!onRun) return network;
  return {
    ...network,
    run(pixels, size) {
      onRun({ network, pixels, ...(size ? { size } : {}) });
      return network.run(pixels, size);
    },
  };
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
