import type { Messages } from "../messages/messages.ts";
import type { Progress } from "../operations/context.ts";

/** How much of what a program prints is shown beside the running step. */
const DETAIL_WIDTH = 60;

/** A spinner with the time on a terminal; elsewhere one line when a step begins and one when it has ended. */
export function createProgress(messages: Messages, options: { plain: boolean }): Progress {
  // A serial line or a bare pseudo-terminal says that it has 0 columns: a spinner would erase lines for ever.
  const terminal = process.stderr.isTTY && process.stderr.columns > 0 && !options.plain;
  return {
    async step(name, subject, work) {
      // In the bundle, which is CommonJS, a package of ES modules only has its default export where it is loaded like this.
      const { default: ora } = await import("ora");
      const title = messages.steps[name](subject);
      const started = performance.now();
      const elapsed = (): string => messages.answers.seconds(((performance.now() - started) / 1000).toFixed(1));
      if (!terminal) process.stderr.write(`… ${title}\n`);
      let detail = "";
      const spinner = ora({ text: title, stream: process.stderr, isSilent: !terminal, discardStdin: false }).start();
      const ticking = setInterval(() => {
        spinner.text = `${title} (${elapsed()}) ${detail}`;
      }, 200);
      try {
        const result = await work((text) => {
          detail = text.trim().slice(0, DETAIL_WIDTH);
        });
        spinner.succeed(`${title} (${elapsed()})`);
        if (!terminal) process.stderr.write(`✓ ${title} (${elapsed()})\n`);
        return result;
      } catch (error) {
        spinner.fail(`${title} (${elapsed()})`);
        if (!terminal) process.stderr.write(`✗ ${title} (${elapsed()})\n`);
        throw error;
      } finally {
        clearInterval(ticking);
      }
    },
  };
}
