import { smoothstep } from './plan.ts';
import { SCENE } from './scene.ts';

/** What light does to a person's colours at a place: a table for each channel, and how solid the person looks. */
export interface Lighting {
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
  /** 0..1: out in the bright street people fade into the glare. */
  readonly solidity: number;
}

const GLARE = [244, 243, 236] as const;
/** Distance from the camera → brightness and warmth: shade before the door, a spot over the lane, shade beneath the lens. */
const STOPS = [
  { away: 10.5, gain: 0.8, warmth: -0.03, glare: 0.42 },
  { away: 7, gain: 0.7, warmth: -0.02, glare: 0.2 },
  { away: 5.6, gain: 0.8, warmth: 0, glare: 0.07 },
  { away: 4.2, gain: 0.93, warmth: 0.03, glare: 0 },
  { away: 2.6, gain: 1.05, warmth: 0.045, glare: 0 },
  { away: 1.5, gain: 0.97, warmth: 0.03, glare: 0 },
  { away: 0, gain: 0.86, warmth: 0.02, glare: 0 },
] as const;

/** The light on a person at this distance. */
export function lightingAt(away: number): Lighting {
  const { gain, warmth, glare } = between(away);
  const table = (channelGain: number, haze: number): Uint8Array =>
    Uint8Array.from({ length: 256 }, (_, level) =>
      Math.min(255, Math.round(level * channelGain * (1 - glare) + haze * glare)),
    );
  return {
    red: table(gain * (1 + warmth), GLARE[0]),
    green: table(gain, GLARE[1]),
    blue: table(gain * (1 - warmth), GLARE[2]),
    solidity: smoothstep(SCENE.startAway, SCENE.streetAway, away),
  };
}

/** Brightness of the whole picture over time: clouds pass, and the camera's exposure follows late. */
export function exposureAt(seconds: number, swing: number, phase: number): number {
  const clouds =
    0.65 * Math.sin((2 * Math.PI * seconds) / 41 + phase) +
    0.35 * Math.sin((2 * Math.PI * seconds) / 17 + 2 * phase);
  return 1 + swing * clouds;
}

function between(away: number): { gain: number; warmth: number; glare: number } {
  const far = STOPS.findLast((stop) => stop.away >= away) ?? STOPS[0];
  const near = STOPS.find((stop) => stop.away < away) ?? STOPS[STOPS.length - 1]!;
  const t = far.away === near.away ? 0 : (far.away - away) / (far.away - near.away);
  const mix = (a: number, b: number): number => a + (b - a) * Math.min(1, Math.max(0, t));
  return {
    gain: mix(far.gain, near.gain),
    warmth: mix(far.warmth, near.warmth),
    glare: mix(far.glare, near.glare),
  };
}
