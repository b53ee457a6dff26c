// What the bins of a traffic profile hold.

/** A bin as text: of lengths in pieces (each twice as wide as the one before, the last of `bins` open), of scores in percent, or a label. */
export function binName(property, bin, bins) {
  const at = Number(bin);
  switch (property) {
    case 'lengths': return at === 0 ? '≤ 2' : at === bins - 1 ? `> ${2 ** at}` : `${2 ** at + 1}–${2 ** (at + 1)}`;
    case 'scores': return `${at * 10}–${at * 10 + 10}`;
    default: return bin;
  }
}
