import type { MotionNoise } from './box-filter.ts';

export interface TrackerSettings {
  /** From this score on a detection is sure. */
  readonly sureScore: number;
  /** Below this score a detection is nothing. */
  readonly leastScore: number;
  /** A track only begins with a detection that has at least this score. */
  readonly beginScore: number;
  /** Least overlap (intersection over union, times score) of a confirmed track with a sure detection. */
  readonly leastOverlap: number;
  /** The same with an unsure detection, not weighed by its score. */
  readonly leastOverlapUnsure: number;
  /** The same of a track that isn't confirmed yet with a sure detection. */
  readonly leastOverlapFresh: number;
  /** A confirmed track that isn't seen for longer ends. Longer bridges more, and takes more strangers for the same person. */
  readonly lostSeconds: number;
  /** The same for a track that isn't confirmed yet. */
  readonly freshLostSeconds: number;
  /** A track is confirmed when it has been seen over so many seconds. Longer leaves out more false people. */
  readonly confirmSeconds: number;
  readonly noise: MotionNoise;
}

export const DEFAULT_TRACKER_SETTINGS: TrackerSettings = {
  sureScore: 0.6,
  leastScore: 0.1,
  beginScore: 0.7,
  leastOverlap: 0.2,
  leastOverlapUnsure: 0.5,
  leastOverlapFresh: 0.3,
  lostSeconds: 1,
  freshLostSeconds: 0.35,
  confirmSeconds: 0.03,
  noise: {
    centreMeasured: 0.05,
    sizeMeasured: 0.05,
    centreWander: 0.27,
    centreChange: 1,
    sizeWander: 0.27,
    sizeChange: 0.2,
    firstSpeed: 1,
  },
};
