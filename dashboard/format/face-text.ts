import type { FaceState, UndecidedReason } from '../../analytics/api/schemas/overlay.ts';
import type { StoreFormat } from './store-format.ts';

const REASONS: Readonly<Record<UndecidedReason, { short: string; long: string }>> = {
  gathering: { short: 'Looking', long: 'Not enough good frames yet' },
  'too-far': { short: 'Not a member', long: 'Too far from every member' },
  ambiguous: { short: 'Unsure', long: 'Two members are about as near' },
  'poor-quality': { short: 'Unclear', long: 'Too small, turned, blurred or dark' },
  'no-members': { short: 'No members', long: 'No member gave consent to be recognised' },
};

/** The few words beside a box; none for people outside of the lane, who are not looked at. */
export function faceLabel(state: FaceState): string | undefined {
  switch (state.kind) {
    case 'anonymous':
      return undefined;
    case 'undecided':
      return REASONS[state.reason].short;
    case 'member':
      return state.name ?? 'Member';
  }
}

/** What the operator reads: the reason with its distances. */
export function faceReason(state: FaceState, format: StoreFormat): string {
  switch (state.kind) {
    case 'anonymous':
      return 'Outside the lane: counted, not compared with anybody';
    case 'undecided': {
      const { distance, margin } = state;
      const figures = [
        ...(distance === undefined ? [] : [`nearest member ${format.distance(distance)}`]),
        ...(margin === undefined ? [] : [`margin ${format.distance(margin)}`]),
      ];
      const why = REASONS[state.reason].long;
      return figures.length === 0 ? why : `${why} (${figures.join(', ')})`;
    }
    case 'member':
      return `Recognised at distance ${format.distance(state.distance)}`;
  }
}
