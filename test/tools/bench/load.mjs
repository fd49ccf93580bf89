// Loads a module in a process that does nothing else, and prints what that took: milliseconds by the clock, and of
// CPU. Plain JavaScript, so that nothing else is loaded before it begins.
const [, , url] = process.argv;
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await import(url);
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({ ms, cpu: (user + system) / 1_000 }), () => process.exit());
