/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** 0 ≤ value < 1. */
  unit(): number;
  between(low: number, high: number): number;
  integer(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** A new list in another order (Fisher and Yates). */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/** The generator sfc32 of PractRand (Doty-Humphrey): 128 bits of state, started from a seed and the name of its use. */
export function seededRandom(seed: number, use: string): Random {
  let a = seed >>> 0;
  let b = hash(use);
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let round = 0; round < 15; round++) next();
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    unit: next,
    between: (low, high) => low + (high - low) * next(),
    integer,
    pick: (items) => items[integer(items.length)]!,
    shuffled: (items) => {
      const out = [...items];
      for (let last = out.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        [out[last], out[other]] = [out[other]!, out[last]!];
      }
      return out;
    },
  };
}

/** FNV-1a over the characters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ letter.charCodeAt(0), 0x01000193);
  return value >>> 0;
}
