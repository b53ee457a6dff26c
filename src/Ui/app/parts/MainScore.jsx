import { mainScore } from '../figures/metrics.js';
import { score } from '../format.js';
import { wordFor } from '../words/index.js';

/** The main score of a version or an evaluation, with the split that it is of. */
export function MainScore({ of }) {
  const { split, value } = mainScore(of);
  return <span><strong>{score(value)}</strong> <small class="muted">{wordFor('split', split)}</small></span>;
}
