/** `npm run kill-test [-- ROUNDS]`: kills the platform under write load, 100 times unless told otherwise. */
import { killRounds } from './kill-rounds.ts';

const rounds = Number(process.argv[2] ?? 100);
const figures = await killRounds(rounds, {
  writes: (round) => 50 + ((round * 37) % 200),
  onRound: (soFar) => {
    if (soFar.rounds % 10 === 0)
      console.log(
        `${soFar.rounds} kills: ${soFar.acknowledged} writes, ${soFar.seen} changes seen by watchers, ${soFar.broken.length} promises broken`,
      );
  },
});
for (const line of figures.broken) console.error(line);
console.log(
  `${figures.rounds} kills, ${figures.acknowledged} writes, ${figures.seen} changes seen by watchers that resumed ${figures.resumed} times; ${figures.broken.length} promises broken`,
);
process.exit(figures.broken.length === 0 ? 0 : 1);
