import { UserError } from '../../runtime/errors.ts';

/** The networks whose embeddings recognition can use. */
export type EmbeddingNetworkName = 'face-recognition' | 'faceres' | 'mobileface-v2' | 'sface';

/** One network's part of an embedding and how two of them are compared. */
export interface SpacePart {
  readonly network: EmbeddingNetworkName;
  /** How many numbers. */
  readonly length: number;
  /** `cosine`: 1 minus the cosine; the numbers have length one. */
  readonly metric: 'euclidean' | 'cosine';
  /** What this part's distance is multiplied by before the parts are added. */
  readonly weight: number;
}

/**
 * The numbers that embeddings made by the same networks, aligned the same way, live in. Embeddings of one space can be
 * compared, of two never.
 */
export interface EmbeddingSpace {
  /** Ends in the version of the alignment: aligned differently, the same network gives other numbers. */
  readonly id: string;
  readonly parts: readonly SpacePart[];
  readonly length: number;
}

/** An embedding: the parts one behind the other. Never leaves this folder but as a template's opaque bytes. */
export type Embedding = Float32Array;

const ALIGNMENT = 'a1';

/** Euclidean distances of dlib's ResNet and cosine distances of others, divided by where LFW's pairs part (findings in README). */
const PARTS: Readonly<Record<EmbeddingNetworkName, Omit<SpacePart, 'weight'> & { parting: number }>> = {
  'face-recognition': { network: 'face-recognition', length: 128, metric: 'euclidean', parting: 0.6 },
  faceres: { network: 'faceres', length: 1024, metric: 'cosine', parting: 0.45 },
  'mobileface-v2': { network: 'mobileface-v2', length: 256, metric: 'cosine', parting: 0.65 },
  sface: { network: 'sface', length: 128, metric: 'cosine', parting: 0.64 },
};

/** How much each network counts, for each combination that was measured. */
const COMBINATIONS: readonly {
  readonly id: string;
  readonly shares: readonly (readonly [EmbeddingNetworkName, number])[];
}[] = [
  { id: 'dlib', shares: [['face-recognition', 1]] },
  {
    id: 'dlib+faceres',
    shares: [
      ['face-recognition', 0.7],
      ['faceres', 0.3],
    ],
  },
  {
    id: 'dlib+mobileface2',
    shares: [
      ['face-recognition', 0.5],
      ['mobileface-v2', 0.5],
    ],
  },
  {
    id: 'dlib+mobileface2+faceres',
    shares: [
      ['face-recognition', 0.4],
      ['mobileface-v2', 0.4],
      ['faceres', 0.2],
    ],
  },
  {
    id: 'dlib+sface+faceres',
    shares: [
      ['face-recognition', 0.3],
      ['sface', 0.5],
      ['faceres', 0.2],
    ],
  },
];

export type CombinationId =
  'dlib' | 'dlib+faceres' | 'dlib+mobileface2' | 'dlib+mobileface2+faceres' | 'dlib+sface+faceres';

/** The space of a combination of networks. @throws UserError when there is none of that name */
export function embeddingSpace(combination: string): EmbeddingSpace {
  const found = COMBINATIONS.find(({ id }) => id === combination);
  if (!found) {
    throw new UserError(
      'faces.unknown-networks',
      `"${combination}" is no combination of recognition networks.`,
      `Choose one of ${COMBINATIONS.map(({ id }) => id).join(', ')}.`,
    );
  }
  const parts = found.shares.map(([network, share]): SpacePart => {
    const { parting, ...part } = PARTS[network];
    return { ...part, weight: share / parting };
  });
  return {
    id: `${found.id}/${ALIGNMENT}`,
    parts,
    length: parts.reduce((total, part) => total + part.length, 0),
  };
}

/**
 * How different two faces are: 0 for the same picture, about 1 where the same person and another are equally likely on
 * LFW's pairs. The weighted sum of the parts' distances.
 */
export function distanceBetween(space: EmbeddingSpace, one: Embedding, other: Embedding): number {
  let total = 0;
  let start = 0;
  for (const { length, metric, weight } of space.parts) {
    const end = start + length;
    let squares = 0;
    for (let index = start; index < end; index++) {
      const difference = one[index]! - other[index]!;
      squares += difference * difference;
    }
    // of two vectors of length one, half the squared distance is 1 minus the cosine
    total += weight * (metric === 'euclidean' ? Math.sqrt(squares) : squares / 2);
    start = end;
  }
  return total;
}
