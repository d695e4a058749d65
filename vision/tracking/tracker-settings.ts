import type { MotionNoise } from './box-filter.ts';

/** What a detector's scores mean to the tracker. */
export interface ScoreThresholds {
  /** Below this score a detection is nothing. */
  readonly leastScore: number;
  /** From this score on a detection is sure; below, it may go on with a track, but not begin or find one. */
  readonly sureScore: number;
  /** A track only begins with a detection that has at least this score. */
  readonly beginScore: number;
  /** A track that begins with at least this score is confirmed at once. */
  readonly certainScore: number;
}

export interface TrackerSettings extends ScoreThresholds {
  /** Least overlap of where a confirmed track is expected with a sure detection; see `overlapOf`. */
  readonly leastOverlap: number;
  /** The same with an unsure detection: these are often wrong, so they must fit better. */
  readonly leastOverlapUnsure: number;
  /** The same of a track that isn't confirmed yet with a sure detection. */
  readonly leastOverlapFresh: number;
  /** So much a second since they were last seen boxes are widened to look for somebody, in shares of their size. */
  readonly marginPerSecond: number;
  /** But never by more than this. */
  readonly mostMargin: number;
  /** A track that isn't seen for longer ends. Longer bridges more, and takes more strangers for the same person. */
  readonly lostSeconds: number;
  /** A track that isn't confirmed yet ends when it is missed for so long; 0: with the first picture that lacks it. */
  readonly freshLostSeconds: number;
  /** A track is confirmed when it has been seen over so many seconds. Longer leaves out more false people. */
  readonly confirmSeconds: number;
  /** When a lost and a seen track overlap by more, they are one person: the younger ends. */
  readonly duplicateOverlap: number;
  readonly noise: MotionNoise;
}

/**
 * Thresholds for a detector whose score means a person rather than not from `sureScore` on: YOLOX's is 0.6, as ByteTrack
 * uses it. Detectors disagree much on scores, not on their order; so the others lie in the same proportion below and above.
 */
export function thresholdsAround(sureScore: number): ScoreThresholds {
  return {
    leastScore: sureScore / 6,
    sureScore,
    beginScore: sureScore + ((1 - sureScore) * 3) / 8,
    certainScore: sureScore + ((1 - sureScore) * 7) / 8,
  };
}

/** Chosen on MOTChallenge's sequences at 30 to 5 pictures a second, one set for all; README.md tells how. */
export const DEFAULT_TRACKER_SETTINGS: TrackerSettings = {
  ...thresholdsAround(0.6),
  leastOverlap: 0.17,
  leastOverlapUnsure: 0.45,
  leastOverlapFresh: 0.225,
  marginPerSecond: 0.6,
  mostMargin: 0.5,
  lostSeconds: 1.5,
  freshLostSeconds: 0,
  confirmSeconds: 0.03,
  duplicateOverlap: 0.9,
  noise: {
    centreMeasured: 0.055,
    sizeMeasured: 0.075,
    centreWander: 0.13,
    centreChange: 1.1,
    sizeWander: 0.17,
    sizeChange: 0.22,
    firstSpeed: 1.1,
  },
};
