// Starts Azurite with this process's arguments and stops it when standard input ends: the process that started it
// holds the other end, so that Azurite never outlives it, however that process ended.
'use strict';

const once = process.once.bind(process);
// Ctrl+C and service managers signal every process of a group at once. Whoever uses the storage stops first, and then
// closes our input.
const ignored = ['SIGINT', 'SIGTERM'];
process.once = (event, listener) => (ignored.includes(event) ? process : once(event, listener));
ignored.forEach((signal) => process.on(signal, () => {}));

process.stdin.resume().on('end', () => {
  setTimeout(() => process.exit(), 3000).unref(); // open connections must not keep it alive
  if (!process.emit('message', 'shutdown')) process.exit();
});

require('azurite/dist/src/azurite');
