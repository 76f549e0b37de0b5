// Waiting between tries: longer each time, a little uneven, and cut short when something changed.
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

export class Patience {
  #tries = 0;
  #cut = () => {};

  // Wait before the next try, at least as long as the server asked for.
  rest(atLeast = 0) {
    const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#tries, 6));
    this.#tries += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(atLeast, grown * (0.7 + Math.random() * 0.6)));
      this.#cut = () => (clearTimeout(timer), resolve());
    });
  }

  reset() {
    this.#tries = 0;
  }

  hurry() {
    this.reset();
    this.#cut();
  }
}
