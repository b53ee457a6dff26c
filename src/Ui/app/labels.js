// Colours of labels: in their sorted order, so that a label has the same one wherever the same labels are shown.
const colours = 10;

/** A function from label to the class that colours it. */
export function palette(labels) {
  const order = [...new Set(labels)].sort();
  return (label) => `label-${(Math.max(0, order.indexOf(label)) % colours) + 1}`;
}
