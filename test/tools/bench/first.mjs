// Loads a function in a process that does nothing else, calls it once, and prints what the load and all of it took:
// milliseconds by the clock, and of CPU. Plain JavaScript, so that nothing else is loaded before it begins.
const [, , url, event] = process.argv;
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const took = () => {
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms: performance.now() - startedAt, cpu: (user + system) / 1_000 };
};
const { handler } = await import(url);
const load = took();
const answer = await handler(JSON.parse(event), {
  awsRequestId: 'bench',
  getRemainingTimeInMillis: () => 60_000,
});
const { ms, cpu } = took();
const line = JSON.stringify({ loadMs: load.ms, loadCpu: load.cpu, answerMs: ms, answerCpu: cpu, answer });
process.stderr.write(line, () => process.exit());
