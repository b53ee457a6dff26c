// Starts Azurite with this process's arguments and stops it when standard input ends: the process that started it
// holds the other end, so that Azurite never outlives it, however that process ended.
'use strict';

const once = process.once.bind(process);
// Ctrl+C reaches every process of the terminal at once; whoever uses the storage stops first, and then closes our input.
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));
process.on('SIGINT', () => {});

process.stdin.resume().on('end', () => {
  setTimeout(() => process.exit(), 3000).unref(); // open connections must not keep it alive
  if (!process.emit('message', 'shutdown')) process.exit();
});

require('azurite/dist/src/azurite');
