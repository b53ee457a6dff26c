// Colours of labels: in their sorted order, so that a label has the same one wherever the same labels are shown; and lists of labels.
const colours = 10;

/** A function from label to the class that colours it. */
export function palette(labels) {
  const order = [...new Set(labels)].sort();
  return (label) => `label-${(Math.max(0, order.indexOf(label)) % colours) + 1}`;
}

/** The labels with one more, or without it where it is there; sorted. */
export const toggled = (labels, name) => (labels.includes(name) ? labels.filter((label) => label !== name) : [...labels, name].sort());

/** Labels as text; `none` where there is none. */
export const listed = (labels, none) => (labels.length > 0 ? labels.join(', ') : none);
