import type { SubjectKey } from '../../runtime/ids.ts';
import type { GalleryMatch } from './gallery.ts';
import type { PoorQuality } from './quality.ts';

/** When a person is taken for a member. */
export interface DecisionRule {
  /** Largest distance of one frame that speaks for a member. */
  readonly threshold: number;
  /** Smallest lead over the second-nearest member. */
  readonly margin: number;
  /** Frames that must speak for the member. */
  readonly minimumVotes: number;
}

/** One look at a face inside the lane. */
export type Look =
  | { readonly kind: 'compared'; readonly match: GalleryMatch }
  | { readonly kind: 'poor-quality'; readonly reason: PoorQuality }
  | { readonly kind: 'no-members' };

export type Decision =
  | {
      readonly kind: 'accepted';
      readonly subjectKey: SubjectKey;
      /** Means over the frames that spoke for the member. */
      readonly distance: number;
      readonly margin: number;
      readonly threshold: number;
      readonly frames: number;
    }
  | {
      readonly kind: 'undecided';
      readonly reason: 'gathering' | 'too-far' | 'ambiguous' | 'poor-quality' | 'no-members';
      /** Of the latest comparison, for the operator. */
      readonly distance?: number;
      readonly margin?: number;
      /** What was wrong with the latest look. */
      readonly quality?: PoorQuality;
    };

/** The decision about one person who walks through the lane. Holds distances, never an embedding. */
export interface Approach {
  readonly decision: Decision;
  /** Adds a look. Once accepted, the decision stays. */
  add(look: Look): Decision;
  /** Forgets a member, as when consent was withdrawn: an accepted decision for them is taken back. */
  forget(subjectKey: SubjectKey): void;
}

/** Of the frames that could be compared, so many must speak for the member: a lucky minority is no evidence. */
const SHARE_FOR = 0.4;
/** Frames for another member weigh against: at most one for every four in favour. */
const OTHERS_PER_VOTE = 0.25;

interface Votes {
  frames: number;
  distanceSum: number;
  marginSum: number;
}

/**
 * Gathers evidence over the frames of one approach. One frame is weak (a fifth of genuine pairs lie beyond the threshold
 * for one false accept in ten thousand), and frames of one approach resemble each other, so neither one good frame nor a
 * chance series is believed: several frames must each pass threshold and margin, and they must be the rule and not the
 * exception. Who is ambiguous is nobody.
 */
export function createApproach({ threshold, margin, minimumVotes }: DecisionRule): Approach {
  const votes = new Map<SubjectKey, Votes>();
  let compared = 0;
  let decision: Decision = { kind: 'undecided', reason: 'gathering' };

  const decide = (match: GalleryMatch): Decision => {
    const leader = [...votes].sort(([, one], [, other]) => other.frames - one.frames)[0];
    const facts = { distance: match.distance, margin: match.margin };
    if (leader) {
      const [subjectKey, { frames, distanceSum, marginSum }] = leader;
      const forOthers = [...votes.values()].reduce((total, vote) => total + vote.frames, 0) - frames;
      const clear = forOthers <= frames * OTHERS_PER_VOTE;
      if (frames >= minimumVotes && frames >= compared * SHARE_FOR && clear) {
        return {
          kind: 'accepted',
          subjectKey,
          distance: distanceSum / frames,
          margin: marginSum / frames,
          threshold,
          frames,
        };
      }
      if (!clear) return { kind: 'undecided', reason: 'ambiguous', ...facts };
    }
    if (match.distance > threshold) return { kind: 'undecided', reason: 'too-far', ...facts };
    if (match.margin < margin) return { kind: 'undecided', reason: 'ambiguous', ...facts };
    return { kind: 'undecided', reason: 'gathering', ...facts };
  };

  return {
    get decision() {
      return decision;
    },
    add(look) {
      if (decision.kind === 'accepted') return decision;
      if (look.kind === 'no-members') {
        decision = { kind: 'undecided', reason: 'no-members' };
      } else if (look.kind === 'poor-quality') {
        decision = { kind: 'undecided', reason: 'poor-quality', quality: look.reason };
      } else {
        compared++;
        const { match } = look;
        if (match.distance <= threshold && match.margin >= margin) addVote(votes, match);
        decision = decide(match);
      }
      return decision;
    },
    forget(subjectKey) {
      votes.delete(subjectKey);
      if (decision.kind === 'accepted' && decision.subjectKey === subjectKey) {
        decision = { kind: 'undecided', reason: 'gathering' };
      }
    },
  };
}

function addVote(votes: Map<SubjectKey, Votes>, { subjectKey, distance, margin }: GalleryMatch): void {
  const before = votes.get(subjectKey) ?? { frames: 0, distanceSum: 0, marginSum: 0 };
  votes.set(subjectKey, {
    frames: before.frames + 1,
    distanceSum: before.distanceSum + distance,
    marginSum: before.marginSum + margin,
  });
}
