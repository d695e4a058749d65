import { embeddingSpace } from './embedding-space.ts';
import type { FaceNetworkChoice } from './face-networks.ts';
import { thresholdTable } from './thresholds.ts';

/** A network that the door uses, for the page and `doctor`. */
export interface NetworkInUse {
  readonly task: string;
  readonly name: string;
  readonly why: string;
}

/** What recognition uses and why, in words. */
export function describeNetworks({ detector, combination }: FaceNetworkChoice): NetworkInUse[] {
  const { source } = thresholdTable(embeddingSpace(combination).id);
  return [
    {
      task: 'face detection',
      name: detector,
      why:
        detector === 'yunet'
          ? 'finds faces from 20 pixels on'
          : 'comes with npm; YuNet would find smaller faces',
    },
    {
      task: 'face landmarks',
      name: 'face-landmark-68',
      why: "places dlib's chip, averaged with the mirror image",
    },
    { task: 'face recognition', name: combination, why: `thresholds: ${source}` },
  ];
}
