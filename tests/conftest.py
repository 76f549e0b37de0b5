"""What holds for every test: threads of NumPy, and logs that outlive none of them."""

import os
from collections.abc import Iterator

import pytest
import structlog

# Set before anything imports NumPy: on busy cores its threads cost more than they share.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """A command sets the logs up on the stream that it finds, which is gone with its test."""
    yield
    structlog.reset_defaults()
