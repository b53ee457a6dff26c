// Line drawings on a 24 × 24 grid; they stand beside words and say nothing by themselves.
const lines = {
  drop: 'M12 3c3.5 4.3 5.5 7.4 5.5 10a5.5 5.5 0 0 1-11 0c0-2.6 2-5.7 5.5-10z',
  overview: 'M4 5h7v6H4zM13 5h7v3h-7zM13 11h7v8h-7zM4 14h7v5H4z',
  datasets: 'M4 6c0-1.5 3.6-2.5 8-2.5s8 1 8 2.5-3.6 2.5-8 2.5S4 7.5 4 6zM4 6v12c0 1.5 3.6 2.5 8 2.5s8-1 8-2.5V6M4 12c0 1.5 3.6 2.5 8 2.5s8-1 8-2.5',
  runs: 'M3 19h18M4 15l5-5 4 3 7-8',
  models: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  evaluations: 'M5 20V11M12 20V4M19 20v-6M3 20h18',
  try: 'M4 5h16v11H10l-4 4v-4H4zM8 9.5h8M8 12.5h5',
};

export const Icon = ({ name }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={lines[name]} /></svg>
);
