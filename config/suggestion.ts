/**
 * The candidate that was most likely meant, or undefined where none is near. Differences of case, hyphens and
 * underscores do not count (`frames_per_second` means `framesPerSecond`).
 */
export function suggest(written: string, candidates: readonly string[]): string | undefined {
  const bare = simplify(written);
  const allowed = Math.max(1, Math.floor(bare.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(bare, simplify(candidate));
    if (distance <= allowed && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate;
}

/**
 * How many letters must be changed, added, left out or swapped with their neighbour: the optimal string alignment
 * distance (a restricted form of Damerau 1964, Levenshtein 1966).
 */
export function editDistance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0));
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 0; i <= from.length; i++) {
    const row = rows[i] ?? [];
    for (let j = 0; j <= to.length; j++) {
      if (i === 0 || j === 0) {
        row[j] = i + j;
        continue;
      }
      const changed = from[i - 1] === to[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + changed);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) least = Math.min(least, at(i - 2, j - 2) + 1);
      row[j] = least;
    }
  }
  return at(from.length, to.length);
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}
