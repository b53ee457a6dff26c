// What is wrong in a wrongly predicted example: the same rules by which the evaluation counts entity errors.

const overlap = (a, b) => Math.min(a.end, b.end) - Math.max(a.start, b.start);
const isSame = (a) => (b) => a.start === b.start && a.end === b.end && a.label === b.label;

/** The entity errors of an example: { label, kind, other? }; kind is missed, spurious, boundary or mistaken (for `other`). */
export function entityErrors({ expectedEntities = [], predictedEntities = [] }) {
  const open = predictedEntities.filter((entity) => !expectedEntities.some(isSame(entity)));
  const errors = [];
  for (const entity of expectedEntities.filter((own) => !predictedEntities.some(isSame(own)))) {
    const rivals = open.filter((other) => overlap(entity, other) > 0)
      .sort((a, b) => overlap(entity, b) - overlap(entity, a) || (b.label === entity.label) - (a.label === entity.label));
    if (rivals.length === 0) {
      errors.push({ label: entity.label, kind: 'missed' });
      continue;
    }

    open.splice(open.indexOf(rivals[0]), 1);
    errors.push(rivals[0].label === entity.label ? { label: entity.label, kind: 'boundary' } : { label: entity.label, kind: 'mistaken', other: rivals[0].label });
  }

  return [...errors, ...open.map(({ label }) => ({ label, kind: 'spurious' }))];
}

/** Whether an example has the error that is looked for; null looks for any. */
export function hasError(example, wanted) {
  return !wanted || (wanted.expected !== undefined
    ? example.expectedLabel === wanted.expected && example.predictedLabel === wanted.predicted
    : entityErrors(example).some(({ label, kind, other }) => label === wanted.label && kind === wanted.kind && other === wanted.other));
}
