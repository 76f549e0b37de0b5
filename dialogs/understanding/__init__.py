"""Words into a `Reading`: what a prospect's message means, and why it was read so."""

from dialogs.understanding.encoder import Encoder, load_encoder
from dialogs.understanding.reader import Reader

__all__ = ["Encoder", "Reader", "load_encoder"]
